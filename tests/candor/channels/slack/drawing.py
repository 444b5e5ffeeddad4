"""Blocks as HTML, laid out much as Slack does: so that a person, and a screenshot, can judge them. Pure."""

from __future__ import annotations

from html import escape
from typing import Any

STYLE = """
body { font: 15px/1.47 Lato, 'Noto Sans', Arial, sans-serif; color: #1d1c1d; background: #fff; margin: 0; padding: 16px; }
.message { display: grid; grid-template-columns: 36px 1fr; gap: 8px; max-width: 640px; margin-bottom: 18px; }
.face { width: 36px; height: 36px; border-radius: 8px; background: #334155; color: #fff; text-align: center; line-height: 36px; }
.who { font-weight: 900; } .app { font-size: 10px; background: #e8e8e8; border-radius: 2px; padding: 1px 3px; }
.rich { margin: 2px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.line { display: flex; justify-content: space-between; align-items: flex-start; gap: 12px; margin: 6px 0; }
.quote { border-left: 4px solid #ddd; padding-left: 12px; margin: 2px 0 6px; }
a { color: #1264a3; text-decoration: none; } .user { background: #e8f5fa; color: #1264a3; border-radius: 3px; padding: 0 2px; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0; }
button { font: bold 13px/1 inherit; height: 28px; padding: 0 12px; border: 1px solid #bbb; border-radius: 8px; background: #fff;
  max-width: 300px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
button.primary { background: #007a5a; border-color: #007a5a; color: #fff; }
h2 { font-size: 18px; font-weight: 900; margin: 4px 0; } hr { border: 0; border-top: 1px solid #ddd; }
label { font-weight: 700; display: block; margin-top: 14px; } .hint { font-size: 13px; color: #616061; }
.field { border: 1px solid #999; border-radius: 8px; padding: 8px 12px; margin-top: 4px; min-height: 20px; }
.modal { border: 1px solid #ccc; border-radius: 10px; padding: 20px; max-width: 520px; }
"""


def page(*drawn: str) -> str:
    return f"<!doctype html><meta charset=utf-8><title>Slack</title><style>{STYLE}</style>{''.join(drawn)}"


def message(blocks: list[dict[str, Any]]) -> str:
    """A message of the app."""
    name = "<span class=who>Candor</span> <span class=app>APP</span>"
    return f"<div class=message><div class=face>C</div><div>{name}{''.join(_block(block) for block in blocks)}</div></div>"


def view(shown: dict[str, Any]) -> str:
    """A modal or a Home tab."""
    title = f"<h2>{escape(shown['title']['text'])}</h2>" if "title" in shown else ""
    ends = "".join(f"<button class=primary>{escape(shown[end]['text'])}</button>" for end in ("submit",) if end in shown)
    return f"<div class=modal>{title}{''.join(_block(block) for block in shown['blocks'])}<div class=actions>{ends}</div></div>"


def _block(block: dict[str, Any]) -> str:
    match block["type"]:
        case "rich_text":
            return "".join(_rich(part) for part in block["elements"])
        case "header":
            return f"<h2>{escape(block['text']['text'])}</h2>"
        case "section":
            accessory = _element(block["accessory"]) if "accessory" in block else ""
            return f"<div class=line><div class=rich>{escape(block['text']['text'])}</div>{accessory}</div>"
        case "divider":
            return "<hr>"
        case "actions" | "context_actions":
            return f"<div class=actions>{''.join(_element(element) for element in block['elements'])}</div>"
        case "input":
            hint = f"<div class=hint>{escape(block['hint']['text'])}</div>" if "hint" in block else ""
            optional = " <span class=hint>(optional)</span>" if block.get("optional") else ""
            return f"<label>{escape(block['label']['text'])}{optional}</label>{_field(block['element'])}{hint}"
    raise ValueError(block["type"])


def _rich(part: dict[str, Any]) -> str:
    inner = "".join(_leaf(leaf) for leaf in part["elements"])
    return f"<div class='rich{' quote' if part['type'] == 'rich_text_quote' else ''}'>{inner}</div>"


def _leaf(leaf: dict[str, Any]) -> str:
    if leaf["type"] == "user":
        return f"<span class=user>@{escape(leaf['user_id'])}</span>"
    text = escape(leaf.get("text", ""))
    if leaf["type"] == "link":
        return f"<a href='{escape(leaf['url'], quote=True)}'>{text}</a>"
    return f"<b>{text}</b>" if leaf.get("style", {}).get("bold") else text


def _element(element: dict[str, Any]) -> str:
    if element["type"] == "feedback_buttons":
        return "".join(
            f"<button>{escape(element[side]['text']['text'])}</button>" for side in ("positive_button", "negative_button")
        )
    if element["type"] == "static_select":
        return f"<button>{escape(element['placeholder']['text'])} ▾</button>"
    return f"<button class='{escape(element.get('style', ''))}'>{escape(element['text']['text'])}</button>"


def _field(element: dict[str, Any]) -> str:
    chosen = element.get("initial_option") or {}
    return f"<div class=field>{escape(element.get('initial_value') or chosen.get('text', {}).get('text') or ' ')}</div>"
