"""Still forms in any script: what a browser may lack a font for is drawn as shapes, and the rest stays text."""

import re

import numpy as np

from encoder_lab.widgets.still import bar_chart, cells, text_picture

KOREAN, THAI = "한국어", "\u0e01\u0e33"
SEEN = {"texts": ["<s>", KOREAN, "는", "hello"], "gaps": ["", "", "", " "],
        "spans": [[0, 0], [0, 3], [3, 4], [5, 10]], "start": [0, 1, 0, 0], "end": [0, 0, 1, 0]}  # fmt: skip


def written(picture: str) -> list[str]:
    return re.findall("<text[^>]*>([^<]*)</text>", picture)


def test_what_any_browser_draws_stays_text():
    picture = bar_chart("title", ["café", "السلام"], [0.5, 0.25], ["0.5", "0.25"])
    assert written(picture) == ["title", "café", "0.5", "السلام", "0.25"] and "<path" not in picture


def test_hangul_is_drawn_as_shapes():
    for picture in (bar_chart(KOREAN, ["cat"], [1], ["1"]), cells(np.eye(1), [KOREAN], ["cat"]),
                    text_picture("title", SEEN, (0, 4))):  # fmt: skip
        assert KOREAN not in picture and re.search('<path transform="translate[^>]*d="M[^"]{99}', picture)
    assert written(text_picture("title", SEEN, (0, 4))) == ["title", "&lt;s&gt;", "hello"]


def test_a_token_of_hangul_takes_two_columns_a_letter():
    picture = text_picture("title", SEEN, (0, 4))
    underlined = re.findall('<rect x="([0-9]+)" y="41" width="([0-9]+)"', picture)
    assert underlined == [("35", "47"), ("82", "16")]
