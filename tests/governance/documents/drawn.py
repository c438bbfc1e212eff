"""PDFs drawn letter by letter, for what no writer of PDFs would do by itself."""

from __future__ import annotations

import io
from collections.abc import Sequence

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
)

Words = tuple[float, float, str]  # from the left, from the bottom, what is printed
SIZE = 11


def drawn(*pages: Sequence[Words], bold: Sequence[str] = (), size: int = SIZE) -> bytes:
    """Pages with words at places; those in `bold` are bold."""
    writer = PdfWriter()
    for words in pages:
        steps = [
            f"BT /{'F2' if text in bold else 'F1'} {size} Tf {x} {y} Td ({_escaped(text)}) Tj ET"
            for x, y, text in words
        ]
        add_page(writer, "\n".join(steps).encode("cp1252"))
    return saved(writer)


def add_page(writer: PdfWriter, content: bytes) -> None:
    """A page of A4 with Helvetica, plain and bold."""
    page = writer.add_blank_page(595, 842)
    stream = StreamObject()
    stream.set_data(content)
    fonts = DictionaryObject(
        {
            NameObject("/F1"): _font("/Helvetica"),
            NameObject("/F2"): _font("/Helvetica-Bold"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    page[NameObject("/Contents")] = writer._add_object(stream)


def scan(writer: PdfWriter) -> None:
    """A page that is one picture."""
    page = writer.add_blank_page(595, 842)
    picture = StreamObject()
    picture.set_data(b"\x00" * 300)
    picture.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(10),
            NameObject("/Height"): NumberObject(10),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
            NameObject("/BitsPerComponent"): NumberObject(8),
        }
    )
    stream = StreamObject()
    stream.set_data(b"q 595 0 0 842 0 0 cm /P1 Do Q")
    held = DictionaryObject({NameObject("/P1"): writer._add_object(picture)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): held})
    page[NameObject("/Contents")] = writer._add_object(stream)


def saved(writer: PdfWriter) -> bytes:
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def _font(name: str) -> DictionaryObject:
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject(name),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
            NameObject("/FontMatrix"): ArrayObject([FloatObject(0.001)]),
        }
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
