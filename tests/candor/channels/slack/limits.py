"""What Slack's reference publishes about blocks, views and messages, as checks: what breaks one, Slack refuses."""

from __future__ import annotations

import json
import re
from typing import Any

IN_MESSAGES = {
    "actions", "context", "context_actions", "divider", "file", "header", "image", "input", "rich_text", "section",
}  # fmt: skip
IN_VIEWS = IN_MESSAGES - {"context_actions"}
RICH = {"rich_text_section", "rich_text_quote", "rich_text_list", "rich_text_preformatted"}
RICH_LEAVES = {"text", "link", "user", "emoji", "channel", "usergroup", "broadcast", "date"}
LIVE_MARKUP = re.compile(r"<[@#!]")


def message_problems(message: dict[str, Any]) -> list[str]:
    """What is wrong with a message."""
    blocks = _decoded(message.get("blocks") or [])
    found = _blocks(blocks, IN_MESSAGES, most=50)
    if not message.get("text") and not blocks:
        found.append("no_text")
    if len(message.get("text") or "") > 40_000:
        found.append("msg_too_long")
    if LIVE_MARKUP.search(message.get("text") or ""):
        found.append("a mention in the text")
    return found


def view_problems(view: dict[str, Any]) -> list[str]:
    """What is wrong with a modal or a Home tab."""
    found = _blocks(view["blocks"], IN_VIEWS, most=100)
    if view["type"] == "modal":
        found += _plain(view.get("title"), 24, "title")
        for name in ("submit", "close"):
            found += _plain(view[name], 24, name) if name in view else []
    found += ["private_metadata"] if len(view.get("private_metadata", "")) > 3000 else []
    found += ["callback_id"] if len(view.get("callback_id", "")) > 255 else []
    if view["type"] == "modal" and any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view:
        found.append("an input without submit")
    return found


def _decoded(blocks: Any) -> list[dict[str, Any]]:
    return json.loads(blocks) if isinstance(blocks, str) else list(blocks)


def _blocks(blocks: list[dict[str, Any]], known: set[str], most: int) -> list[str]:
    found = [f"{len(blocks)} blocks"] if len(blocks) > most else []
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    found += ["two blocks of one id"] if len(ids) != len(set(ids)) else []
    found += ["block_id too long"] if any(len(each) > 255 for each in ids) else []
    for block in blocks:
        if block["type"] not in known:
            found.append(f"block {block['type']}")
            continue
        found += _block(block)
    return found


def _block(block: dict[str, Any]) -> list[str]:  # noqa: PLR0911  (one answer for each kind)
    match block["type"]:
        case "section":
            found = _text(block["text"], 3000, "section") if "text" in block else []
            fields = block.get("fields", [])
            found += ["fields"] if len(fields) > 10 else []
            found += [each for field in fields for each in _text(field, 2000, "field")]
            if not block.get("text") and not fields:
                found.append("an empty section")
            return found + (_element(block["accessory"]) if "accessory" in block else [])
        case "header":
            return _plain(block["text"], 150, "header")
        case "context":
            return (["context elements"] if len(block["elements"]) > 10 else []) + [
                each for element in block["elements"] for each in _text(element, 2000, "context")
            ]
        case "actions" | "context_actions":
            most = 25 if block["type"] == "actions" else 5
            ids = [element.get("action_id") for element in block["elements"]]
            found = [] if 1 <= len(ids) <= most else [f"{len(ids)} elements"]
            found += ["two elements of one action_id"] if len(ids) != len(set(ids)) else []
            return found + [each for element in block["elements"] for each in _element(element)]
        case "input":
            hint = _plain(block["hint"], 2000, "hint") if "hint" in block else []
            return _plain(block["label"], 2000, "label") + hint + _element(block["element"])
        case "rich_text":
            return _rich(block)
    return []


def _rich(block: dict[str, Any]) -> list[str]:
    found = [] if block["elements"] else ["an empty rich_text"]
    size = 0
    for part in block["elements"]:
        if part["type"] not in RICH:
            found.append(f"rich_text element {part['type']}")
        for leaf in part["elements"]:
            if leaf["type"] not in RICH_LEAVES:
                found.append(f"rich_text leaf {leaf['type']}")
            if leaf["type"] == "text" and not leaf["text"]:
                found.append("an empty text leaf")
            if leaf["type"] == "link" and not leaf["url"].startswith(("http://", "https://")):
                found.append("a link that leads nowhere")
            size += len(leaf.get("text", ""))
    return found + (["rich_text too long"] if size > 3000 else [])


def _element(element: dict[str, Any]) -> list[str]:
    found = ["action_id"] if not 1 <= len(element.get("action_id", "x")) <= 255 else []
    match element["type"]:
        case "button":
            found += _plain(element["text"], 75, "button")
            found += ["button value"] if len(element.get("value", "")) > 2000 else []
            found += ["button url"] if len(element.get("url", "")) > 3000 else []
            found += ["button style"] if element.get("style", "primary") not in {"primary", "danger"} else []
        case "feedback_buttons":
            for side in ("positive_button", "negative_button"):
                one = element[side]
                found += _plain(one["text"], 75, side) + (["value"] if not 1 <= len(one["value"]) <= 2000 else [])
                found += ["accessibility_label"] if len(one.get("accessibility_label", "")) > 75 else []
        case "static_select":
            options = element["options"]
            found += [] if 1 <= len(options) <= 100 else [f"{len(options)} options"]
            for option in options:
                found += _plain(option["text"], 75, "option")
                found += ["option value"] if len(option["value"]) > 150 else []
            if "initial_option" in element and element["initial_option"] not in options:
                found.append("an initial option that is none")
            found += _plain(element["placeholder"], 150, "placeholder") if "placeholder" in element else []
        case "external_select":
            found += ["min_query_length"] if element.get("min_query_length", 3) < 0 else []
            found += _plain(element["placeholder"], 150, "placeholder") if "placeholder" in element else []
        case "plain_text_input" | "email_text_input":
            found += ["max_length"] if not 1 <= element.get("max_length", 1) <= 3000 else []
            found += _plain(element["placeholder"], 150, "placeholder") if "placeholder" in element else []
        case other:
            found.append(f"element {other}")
    return found


def _text(value: dict[str, Any], longest: int, where: str) -> list[str]:
    if value["type"] == "plain_text":
        return _plain(value, longest, where)
    found = [] if value["type"] == "mrkdwn" else [f"{where} of type {value['type']}"]
    if LIVE_MARKUP.search(value["text"]):
        found.append(f"a mention in {where}")
    return found + ([] if 1 <= len(value["text"]) <= longest else [f"{where} has {len(value['text'])} characters"])


def _plain(value: Any, longest: int, where: str) -> list[str]:
    if not value or value.get("type") != "plain_text":
        return [f"{where} is no plain_text"]
    return [] if 1 <= len(value["text"]) <= longest else [f"{where} has {len(value['text'])} characters"]
