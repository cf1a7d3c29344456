"""Label Studio: tasks with what miner found as predictions, the labelling interface, and finished tasks read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from miner.labelling.document import RELATIONS, SPANS, Label, Labelled, from_regions, names, regions
from miner.records import COMPARATORS, Facts

_COLOURS = {"unit": "#4a7fb5", "figure": "#c2701c", "award": "#8a5aa8", "model": "#3a8a5c", "party": "#777777"}
_TEXTS = {"unit": ("name",), "figure": ("object",)}
_NUMBERS = {"figure": ("value", "value_max")}
_CHOICES = {"figure": {"comparator": COMPARATORS}}


def interface(topics: Iterable[str]) -> str:
    """Return the labelling interface (XML) that the tasks are made for."""
    labels = "\n".join(
        f'    <Label value="{name}" background="{_COLOURS[name.partition("/")[0]]}"/>' for name in names()
    )
    relations = "".join(f'<Relation value="{relation}"/>' for relation in RELATIONS)
    choices = "".join(f'<Choice value="{escape(topic)}"/>' for topic in topics)
    fields = []
    for table, tag, more in ((_TEXTS, "TextArea", ' maxSubmissions="1" editable="true"'), (_NUMBERS, "Number", "")):
        for layer, of in table.items():
            fields += [f'  <{tag} name="{field}" toName="text" perRegion="true"{more} '
                       f'whenLabelValue="{_when(layer)}" placeholder="{field}"/>' for field in of]  # fmt: skip
    for layer, by_field in _CHOICES.items():
        for field, values in by_field.items():
            fields.append(f'  <Choices name="{field}" toName="text" perRegion="true" choice="single" '
                          f'whenLabelValue="{_when(layer)}">'
                          + "".join(f'<Choice value="{value}"/>' for value in values) + "</Choices>")  # fmt: skip
    return "\n".join([
        "<View>", "  <Style>.htx-text{ white-space: pre-wrap; }</Style>", '  <Labels name="label" toName="text">',
        labels, "  </Labels>", f"  <Relations>{relations}</Relations>", '  <Text name="text" value="$text"/>',
        *fields, f'  <Choices name="topics" toName="text" choice="multiple" showInline="true">{choices}</Choices>',
        "</View>",
    ]) + "\n"  # fmt: skip


def _when(layer: str) -> str:
    return ",".join(name for name in names() if name.startswith(f"{layer}/"))


def to_task(facts: Facts, version: str) -> dict[str, Any]:
    """Return an article as a task whose prediction holds what miner found; `version` names the model."""
    article = facts.article
    found, links = regions(facts)
    result: list[dict[str, Any]] = []
    for region in found:
        place = {"start": region.start, "end": region.end}
        head = {"id": region.id, "to_name": "text"}
        value: dict[str, Any] = {**place, "text": region.text, "labels": [region.name]}
        result.append({**head, "from_name": "label", "type": "labels", "value": value})
        for field, content in region.fields.items():
            if content is None or content == "":
                continue
            kind, shown = _shown(field, content)
            result.append({**head, "from_name": field, "type": kind, "value": {**place, **shown}})
    result += [
        {"type": "relation", "from_id": a, "to_id": b, "direction": "right", "labels": [relation]}
        for a, b, relation in links
    ]
    if facts.topics:
        choices = {"choices": [tag.name for tag in facts.topics]}
        result.append({"id": "topics", "from_name": "topics", "to_name": "text", "type": "choices", "value": choices})
    data = {
        "article_id": article.id,
        "title": article.title,
        "text": article.text,
        "published": article.published.isoformat() if article.published else None,
        "url": article.url,
    }
    return {"data": data, "predictions": [{"model_version": version, "result": result}]}


def _shown(field: str, content: Any) -> tuple[str, dict[str, Any]]:
    if any(field in of for of in _TEXTS.values()):
        return "textarea", {"text": [content]}
    if any(field in of for of in _NUMBERS.values()):
        return "number", {"number": content}
    return "choices", {"choices": [content]}


def from_task(task: Mapping[str, Any], where: str) -> Labelled | None:
    """Return the newest annotation of a task that was not cancelled, None where there is none.

    Raises ValueError or KeyError where the task is of another form.
    """
    data = task["data"]
    done = [a for a in task["annotations"] if not a.get("was_cancelled")]
    if not done:
        return None
    best = max(done, key=lambda a: (bool(a.get("ground_truth")), str(a.get("updated_at", ""))))
    text = data["text"]
    spans: dict[str, tuple[str, int, int, str, dict[str, Any]]] = {}
    links: list[tuple[str, str, str]] = []
    topics: list[str] = []
    fields: dict[str, dict[str, Any]] = {}
    for result in best["result"]:
        value = result.get("value", {})
        if result["type"] == "labels":
            if not value.get("labels"):
                continue
            start, end = _span(text, value)
            spans[result["id"]] = (value["labels"][0], start, end, text[start:end], {})
        elif result["type"] == "relation":
            links += [(result["from_id"], result["to_id"], label) for label in result.get("labels") or ()]
        elif result.get("from_name") == "topics":
            topics += value["choices"]
        else:
            read = {"textarea": "text", "number": "number", "choices": "choices"}[result["type"]]
            content = value[read]
            fields.setdefault(result["id"], {})[result["from_name"]] = (
                content[0] if isinstance(content, list) and content else content
            )
    for key, more in fields.items():
        if key in spans:
            spans[key][4].update(more)
    for name, *_, of in spans.values():
        if name.startswith("figure/"):
            of.setdefault("value_max", None)
    labels: tuple[Label, ...] = tuple(from_regions(spans, iter(links)))
    return Labelled(where, str(data["article_id"]), text, frozenset((*SPANS, "topic")), labels, tuple(topics))


def _span(text: str, value: Mapping[str, Any]) -> tuple[int, int]:
    """Return a region's place; browsers count a sign beyond the basic plane (an emoji) as two."""
    start, end = int(value["start"]), int(value["end"])
    said = value.get("text")
    if not isinstance(said, str) or text[start:end] == said:
        return start, end
    units = text.encode("utf-16-le")
    start, end = (len(units[: 2 * at].decode("utf-16-le", "replace")) for at in (start, end))
    return start, end
