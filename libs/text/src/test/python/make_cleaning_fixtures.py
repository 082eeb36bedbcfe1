"""Writes src/test/resources/cleaning.json: what diffusers' prompt_clean, which uses ftfy, makes of texts.

Usage: make_cleaning_fixtures.py; needs `pip install ftfy==6.3.1` and what model-lab/requirements-open-models.txt names.
"""

import json
import pathlib

import ftfy
from diffusers.pipelines.wan.pipeline_wan import prompt_clean

TARGET = pathlib.Path(__file__).parent.parent / "resources" / "cleaning.json"

PROMPTS = [
    "a red ball bounces under a blue sky",
    "naïve café, déjà vu, Ångström",
    "schön, Größe, Würfel – „Zitat“",
    "красный шар прыгает",
    "赤いボールが跳ねる",
    "한국어 문장",
    "שלום עולם",
    "مرحبا بالعالم",
    "ελληνικά κείμενα",
    "příliš žluťoučký kůň",
    "it’s a dog’s life – “quoted” …",
    "a 🦊 jumps over the lazy 🐶",
    "à la carte, à quelle heure, às vezes",
]
ENCODINGS = ["latin-1", "windows-1252", "windows-1251", "windows-1250", "windows-1253", "windows-1254", "windows-1257"]
ENCODINGS += ["iso-8859-2", "macroman", "cp437"]

PLAIN = [
    "",
    "   ",
    " a  b\t c \n d ",
    "non\xa0breaking\u2003and\u3000ideographic",
    "&amp;amp; &lt;b&gt; &quot;x&quot;",
    "&amp;amp;amp;amp;",
    "fish &amp chips &copy 2026 &notit; &NotEqualTilde; &nosuch;",
    "&#233;&#xe9;&#XE9; &#0; &#128; &#x110000; &#xd800; &#1; &#99999999999999999999;",
    "&EACUTE; &NTILDE; &SZLIG;",
    "<b>bold &eacute;</b>\n&eacute; after",
    "before &eacute;\n<b> &eacute; </b>",
    "this&not that &hellip;",
    "ＬＯＵＤ　ＮＯＩＳＥＳ ﾊﾝｶｸ ￥",
    "ﬂuﬃest ﬁle ﬅ ŉ Ǆ ĳ",
    "“double” ‘single’ ‚low‘ „low“ ʼn",
    "line\r\nbreak\rand\u2028more\u2029and\x85end",
    "bell\x07 null\x00 delete\x7f bom\ufeff object\ufffc arabic\u206a",
    "\x1b[36;44mblue\x1b[0m plain \x1b[2Jx",
    "soft\xadhyphen zero\u200bwidth joiner\u200d",
    "e\u0301 a\u030a o\u0308 combining",
    "Ã\xa0 la mode",
    "voilÃ le travail",
    "Ã perturber la rÃ©flexion",
    "vedere Ã la stessa cosa, fÃ cil, Ã quele",
    "â€œ like this â€\ufffd and â€™s",
    "â€œ like this â€\x9d",
    "The Mona Lisa doesnÃƒÂ¢Ã¢â€šÂ¬Ã¢â€žÂ¢t have eyebrows.",
    "âœ” No problems",
    "&macr;\\_(ã\x83\x84)_/&macr;",
    "Broken text&hellip; it&#x2019;s ﬂubberiﬁc!",
    "l’humanitÃ© et cafÃ©",
    "mixed café and cafÃ© and “quotes”",
    "rÃ©sumÃ© – naïve “Ã©tude”",
    "â€“ dash at 12 â‚¬ and 5 Â£, 20 Â°C",
    "Â¿QuÃ© pasa? Â¡Hola!",
    "price Â£5 Â½ cup",
    "Ð¿Ñ€Ð¸Ð²ÐµÑ‚ Ð¼Ð¸Ñ€",
    "РїСЂРёРІРµС‚ РјРёСЂ",
    "вЂњquotedвЂќ text",
    "ä½\xa0å¥½ä¸–ç•Œ",
    "ã\x81“ã‚“ã\x81«ã\x81¡ã\x81¯",
    "Ø§Ù„Ø¹Ø±Ø¨ÙŠØ©",
    "Î•Î»Î»Î·Î½Î¹ÎºÎ¬",
    "ðŸ˜€ smile ðŸ\x90¶",
    "\xed\xa0\xbd\xed\xb8\x8d cesu",
    "nul \xc0\x80 of Java",
    "control \x93quoted\x94 and \x96 dash",
    "\x85 what is this",
    "AHÅ™, the new sofa from IKEA®",
    "Å alone, Ã alone, Â alone",
    "(┬─┬ノ( º _ ºノ)",
    "(ツ) kaomoji ( ͡° ͜ʖ ͡°)",
    "1×2 ÷ 3 ± ½ ² µm 20°",
    "ALL CAPS ÀÉÎÕÜ Œuvre œuf",
    "‚Äúmac‚Äù and ‚Äôs √©t√©",
    "├⌐t├⌐ cp437",
    "Å¼Ã³Å‚Ä‡ zażółć",
    "100% legit «guillemets» ¿sí?",
    "tail of mojibake Ã",
    "©2026 ®™",
    "lone \ud83e half",
    "x" * 300 + " Ã©",
]


def garbled() -> list[str]:
    """Prompts as UTF-8 that was read in another encoding, and one of them twice."""
    texts = []
    for prompt in PROMPTS:
        for encoding in ENCODINGS:
            try:
                texts.append(prompt.encode().decode(encoding))
            except UnicodeDecodeError:
                texts.append(prompt.encode().decode(f"sloppy-{encoding}"))
    texts.append(PROMPTS[1].encode().decode("latin-1").encode().decode("latin-1"))
    texts.append(PROMPTS[10].encode().decode("sloppy-windows-1252").encode().decode("sloppy-windows-1252"))
    return texts


def main() -> None:
    assert ftfy.__version__ == "6.3.1", ftfy.__version__
    texts = list(dict.fromkeys(PLAIN + PROMPTS + garbled()))
    cases = [{"text": text, "cleaned": prompt_clean(text)} for text in texts]
    TARGET.write_text(json.dumps(cases, ensure_ascii=True, indent=0) + "\n")
    print(len(cases))


if __name__ == "__main__":
    main()
