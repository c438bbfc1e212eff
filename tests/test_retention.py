"""Every field that could say something about a person has a rule for how long it is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

from web.retention import NOT_PERSONAL, Rule, Rules

# Tables of the framework that know of no person: permissions, groups, names of models.
NOBODY_IN_THEM = {"auth", "contenttypes"}
# DateTimeField is a DateField; Email, Slug, URL and FileField's column are CharField or listed.
TELLING = (
    models.BinaryField,
    models.CharField,
    models.DateField,
    models.FileField,
    models.GenericIPAddressField,
    models.JSONField,
    models.TextField,
)


def may_tell(field: models.Field) -> bool:
    if field.is_relation and field.related_model is not None:
        return field.related_model._meta.label == settings.AUTH_USER_MODEL
    return isinstance(field, TELLING)


def telling_fields() -> Iterator[str]:
    for model in apps.get_models():
        if model._meta.app_label not in NOBODY_IN_THEM and not model._meta.proxy:
            for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
                if may_tell(field):
                    yield f"{model._meta.label}.{field.name}"


def listed() -> list[Rules]:
    return [import_string(path) for path in settings.RETENTION_RULES]


def test_every_field_that_could_tell_of_a_person_is_listed() -> None:
    known = {key for rules in listed() for key in rules}
    assert sorted(set(telling_fields()) - known) == []


def test_no_rule_is_about_a_field_that_is_gone_or_listed_twice() -> None:
    counted = Counter(key for rules in listed() for key in rules)
    assert [key for key, times in counted.items() if times > 1] == []
    for key in counted:
        app, model, name = key.split(".")
        assert apps.get_model(app, model)._meta.get_field(name), key


@pytest.mark.parametrize("path", settings.RETENTION_RULES)
def test_a_rule_says_how_long_why_and_what_then(path: str) -> None:
    for key, rule in import_string(path).items():
        assert rule == NOT_PERSONAL or isinstance(rule, Rule), key
        if isinstance(rule, Rule):
            assert all([rule.keep, rule.why, rule.then]), key


def test_a_column_that_names_a_person_is_never_called_not_personal() -> None:
    known = {key: rule for rules in listed() for key, rule in rules.items()}
    for key in telling_fields():
        app, model, name = key.split(".")
        field = apps.get_model(app, model)._meta.get_field(name)
        if field.is_relation or isinstance(field, models.EmailField):
            assert known.get(key) != NOT_PERSONAL, key
