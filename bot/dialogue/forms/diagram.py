"""Draws a form as a state diagram (Mermaid). `python -m bot.dialogue.forms.diagram` writes `data/<form>.md` of every form again."""

from __future__ import annotations

from pathlib import Path

from bot.dialogue.forms.model import Form, load_form

FOLDER = Path(__file__).parent / "data"


def names() -> list[str]:
    """The forms there are."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def drawn(form: Form) -> str:
    """The page of `form`: its steps and the ways between them."""
    lines = [f"# {form.name}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {form.first}"]
    for step in form.steps.values():
        for option, target in step.next.items():
            label = {o.value: o.label for o in step.options}.get(option, option)
            lines.append(f"    {step.name} --> {target}" + (f": {label}" if label else ""))
    lines += [f"    {end} --> [*]" for end in form.ends if end != "stopped"]
    lines += ["```", "", "Every step also knows “quay lại” (one step back) and “dừng” (stopped); a question in the middle is answered",
              "and the step asked again; a form that nobody went on with for a day is closed. After a step that a later one sent back",
              "to, the form returns there.", ""]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Writes every page."""
    for name in names():
        (FOLDER / f"{name}.md").write_text(drawn(load_form(name)), encoding="utf-8")


if __name__ == "__main__":
    main()
