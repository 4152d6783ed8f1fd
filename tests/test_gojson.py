"""JSON as Go writes it, and Go's sentences about what is none."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labimg.errors import InvalidJSON, WrongJSON
from labimg.go.gojson import DEPTH, decode, encode

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("<a> & b", r'"\u003ca\u003e \u0026 b"'),
        ("\u2028\u2029", r'"\u2028\u2029"'),
        ("tab\t\n\r", r'"tab\t\n\r"'),
        ("\b\f\x00\x1f\x7f", '"\\u0008\\u000c\\u0000\\u001f\x7f"'),
        ("back\\b \\f \\\\b", r'"back\\b \\f \\\\b"'),
        ('"é☃😀', '"\\"é☃😀"'),
        ("bytes \udcff\ud800", r'"bytes \ufffd\ufffd"'),
        (None, "null"),
        (True, "true"),
        (10**20, "100000000000000000000"),
        (1.0, "1"),
        (-0.0, "-0"),
        (0.1, "0.1"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (123456789.125, "123456789.125"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (1.5e-10, "1.5e-10"),
        ([], "[]"),
        ({}, "{}"),
        ((1, "a"), '[1,"a"]'),
        ({"b": {"z": 1, "y": []}, "a": None}, '{"b":{"z":1,"y":[]},"a":null}'),
    ],
)
def test_a_value_is_written_as_go_writes_it(value: Any, written: str) -> None:
    assert encode(value).decode() == written


def test_keys_stand_as_given_or_sorted() -> None:
    assert encode({"b": {"d": 1, "c": 2}, "a": 3}) == b'{"b":{"d":1,"c":2},"a":3}'
    assert encode({"b": {"d": 1, "c": 2}, "a": 3}, sort=True) == b'{"a":3,"b":{"c":2,"d":1}}'


def test_indented_json_is_as_inspect_prints_it() -> None:
    assert encode([{"Id": "x", "Tags": [], "Env": ["A=1", "B=2"], "Labels": {}}], indent="    ").decode() == (
        '[\n    {\n        "Id": "x",\n        "Tags": [],\n        "Env": [\n            "A=1",\n'
        '            "B=2"\n        ],\n        "Labels": {}\n    }\n]'
    )


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_not_written(number: float) -> None:
    with pytest.raises(ValueError, match="unsupported value"):
        encode(number)


@pytest.mark.parametrize(
    ("text", "for_html", "plain"),
    [
        ("<a> & b", r'"\u003ca\u003e \u0026 b"', '"<a> & b"'),
        (r"\u003c", r'"\\u003c"', r'"\\u003c"'),
        ("\u2028", r'"\u2028"', r'"\u2028"'),
    ],
)
def test_letters_of_html_are_escaped_or_stay(text: str, for_html: str, plain: str) -> None:
    assert encode(text).decode() == for_html and encode(text, html=False).decode() == plain


def test_what_has_no_form_is_not_written() -> None:
    with pytest.raises(TypeError, match="unsupported type: set"):
        encode({1})


BAD = [
    (b"", "unexpected end of JSON input"),
    (b"  ", "unexpected end of JSON input"),
    (b"{", "unexpected end of JSON input"),
    (b'{"a":[1,', "unexpected end of JSON input"),
    (b'"abc', "unexpected end of JSON input"),
    (b'"a\\', "unexpected end of JSON input"),
    (b'"\\u12', "unexpected end of JSON input"),
    (b"-", "unexpected end of JSON input"),
    (b"1.", "unexpected end of JSON input"),
    (b"1e", "unexpected end of JSON input"),
    (b"tru", "unexpected end of JSON input"),
    (b"x", "invalid character 'x' looking for beginning of value"),
    (b"[1,]", "invalid character ']' looking for beginning of value"),
    (b"[,1]", "invalid character ',' looking for beginning of value"),
    (b"{nope}", "invalid character 'n' looking for beginning of object key string"),
    (b'{"a":1,}', "invalid character '}' looking for beginning of object key string"),
    (b'{"a" 1}', "invalid character '1' after object key"),
    (b'{"a":1 "b"}', "invalid character '\"' after object key:value pair"),
    (b"[1 2]", "invalid character '2' after array element"),
    (b"1 2", "invalid character '2' after top-level value"),
    (b"01", "invalid character '1' after top-level value"),
    (b"{} x", "invalid character 'x' after top-level value"),
    (b'"a\nb"', "invalid character '\\n' in string literal"),
    (b'"a\x00b"', "invalid character '\\x00' in string literal"),
    (b'"\\q"', "invalid character 'q' in string escape code"),
    (b'"\\\'"', "invalid character '\\'' in string escape code"),
    (b'"\\u12G4"', "invalid character 'G' in \\u hexadecimal character escape"),
    (b"nul!", "invalid character '!' in literal null (expecting 'l')"),
    (b"trap", "invalid character 'a' in literal true (expecting 'u')"),
    (b"-x", "invalid character 'x' in numeric literal"),
    (b"1.x", "invalid character 'x' after decimal point in numeric literal"),
    (b"1ex", "invalid character 'x' in exponent of numeric literal"),
    (b"1e+x", "invalid character 'x' in exponent of numeric literal"),
    (b"NaN", "invalid character 'N' looking for beginning of value"),
    (b"Infinity", "invalid character 'I' looking for beginning of value"),
    (b"-Infinity", "invalid character 'I' in numeric literal"),
    (b"\xff", "invalid character 'ÿ' looking for beginning of value"),
    ("é".encode(), "invalid character 'Ã' looking for beginning of value"),
    (b"\xef\xbb\xbf{}", "invalid character 'ï' looking for beginning of value"),
    (b"[" * (DEPTH + 1), "exceeded max depth"),
    (b'{"a":' * (DEPTH + 1), "exceeded max depth"),
]


@pytest.mark.parametrize(("data", "sentence"), BAD, ids=[repr(data[:12]) for data, _ in BAD])
def test_what_is_no_json_is_refused_as_go_refuses_it(data: bytes, sentence: str) -> None:
    with pytest.raises(InvalidJSON) as refused:
        decode(data)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'"\\ud800"', "\ufffd"),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'["\\ud800x", {"\\udc00": 1}]', ["\ufffdx", {"\ufffd": 1}]),
        (b'"\xff\xfe"', "\ufffd\ufffd"),
        (b'"\xe2\x82"', "\ufffd\ufffd"),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b" \t\r\n[1.5, -2e3, true, null] \n", [1.5, -2000.0, True, None]),
        (b"[" * DEPTH + b"]" * DEPTH, ...),
        (b'[{},[],{"a":{"b":[{}]}}]', [{}, [], {"a": {"b": [{}]}}]),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_json_is_read_as_go_reads_it(data: bytes, value: Any) -> None:
    read = decode(data)
    assert value is ... or read == value


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400, "9" * 5000])
def test_a_number_beyond_float64_is_refused(number: str) -> None:
    with pytest.raises(WrongJSON) as refused:
        decode(number.encode())
    assert str(refused.value) == f"json: cannot unmarshal number {number} into Go value of type float64"


def test_a_stream_gives_its_first_value_and_has_its_own_words() -> None:
    assert decode(b'["a"] rest', whole=False) == ["a"]
    with pytest.raises(InvalidJSON, match=r"^EOF$"):
        decode(b" ", whole=False)
    with pytest.raises(InvalidJSON, match=r"^unexpected EOF$"):
        decode(b'["a"', whole=False)


@given(plain)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert decode(encode(value)) == json.loads(json.dumps(value, ensure_ascii=False))
    assert decode(encode(value, indent="  "), whole=False) == decode(encode(value))


@given(plain, st.data())
def test_the_careful_reader_agrees_with_the_fast_one(value: Any, data: st.DataObject) -> None:
    written = encode(value)
    assert decode(written, whole=False) == decode(written)
    cut = written[: data.draw(st.integers(0, len(written)))]
    try:
        whole = decode(cut)
    except InvalidJSON as error:
        assert str(error)
    else:
        assert whole == json.loads(cut)


@given(
    st.binary(max_size=30) | st.text(st.sampled_from('{}[]:,"\\u01eE+-. tfn'), max_size=20).map(str.encode)
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for whole in (True, False):
        try:
            decode(data, whole=whole)
        except (InvalidJSON, WrongJSON) as error:
            assert str(error)
