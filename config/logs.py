"""One line per event, JSON in production: no names, no addresses, no text people wrote."""

from __future__ import annotations

import logging.config
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

# Their lines carry paths, reasons and errors that may quote what people typed.
TALKATIVE_LOGGERS = ("django.", "celery.app.trace")
FRAMES_KEPT = 12
CAUSES_KEPT = 4


def logging_config(*, debug: bool, plain: bool) -> None:
    """Send our events and other libraries' lines through the same formatter."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = (
        structlog.dev.ConsoleRenderer(colors=False)
        if plain
        else structlog.processors.JSONRenderer()
    )
    discretion = (
        [structlog.processors.format_exc_info] if debug else [leave_out_arguments, name_the_error]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "portal": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "pass_foreign_args": not debug,
                    "processors": [
                        *discretion,
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        renderer,
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "portal"}},
            "root": {"handlers": ["stderr"], "level": "DEBUG" if debug else "INFO"},
            "loggers": {
                "django.db.backends": {"level": "INFO"},
                # 404s and refused forms are not news; the paths could hold what people typed.
                "django.request": {"level": "ERROR"},
                "django.security.DisallowedHost": {"level": "CRITICAL"},
                # Two lines for each task, each minute, would bury everything else.
                "celery.beat": {"level": "WARNING"},
                "celery.worker.strategy": {"level": "WARNING"},
                "celery.app.trace": {"level": "WARNING"},
                "kombu": {"level": "WARNING"},
                "waitress.queue": {"level": "ERROR"},
            },
        }
    )


def leave_out_arguments(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep the wording of a talkative library's line and drop what it was filled with."""
    arguments = event.pop("positional_args", None)
    record: logging.LogRecord | None = event.get("_record")
    if record is None or event.get("_from_structlog") is not False:
        return event
    if record.name.startswith(TALKATIVE_LOGGERS):
        status = getattr(record, "status_code", None)
        event["event"] = f"answered {status}" if status else str(record.msg)
        if isinstance(arguments, dict) and "name" in arguments:
            event["task"] = arguments["name"]
    return event


def name_the_error(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An error's kind and where it happened, without its words: those may quote a person."""
    error = _error(event.pop("exc_info", None))
    if error is not None:
        event["error"] = " from ".join(_kinds(error))
        event["where"] = _places(error.__traceback__)
    return event


def _error(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        error: BaseException | None = exc_info[1]
        return error
    return sys.exc_info()[1] if exc_info else None


def _kinds(error: BaseException) -> list[str]:
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < CAUSES_KEPT:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return kinds


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-FRAMES_KEPT:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
