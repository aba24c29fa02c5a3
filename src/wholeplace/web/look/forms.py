"""Renders every form in the design system's markup: `FORM_RENDERER` names GovukRenderer.

The renderer carries its own template engine, so the order of INSTALLED_APPS cannot put
Django's widget templates in front of ours. Classes and `aria-*` are set in Python on the
bound field, which leaves most of Django's own widget templates in use and is quick.
"""

from __future__ import annotations

import uuid
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import django.forms
from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import BaseRenderer
from django.forms.utils import pretty_name
from django.forms.widgets import Input
from django.template.backends.django import DjangoTemplates

from wholeplace.web.look.inputs import DateField, MoneyField, PartedDateInput
from wholeplace.web.look.model import Link

__all__ = [
    "ActionForm",
    "DateField",
    "GovukRenderer",
    "MoneyField",
    "error_target",
    "problems_of",
]

FORM_TEMPLATES = Path(__file__).parent.parent / "templates" / "components" / "forms"
DJANGO_TEMPLATES = Path(django.forms.__file__).parent / "templates"
EXPIRED = "This form was open for too long or was changed. Open the page again and send it once."

# The first class that a widget is an instance of wins.
CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "govuk-checkboxes__input"),  # which is a RadioSelect too
    (forms.RadioSelect, "govuk-radios__input"),
    (forms.CheckboxInput, "govuk-checkboxes__input"),
    (forms.Select, "govuk-select"),
    (forms.Textarea, "govuk-textarea"),
    (forms.FileInput, "govuk-file-upload"),
    (Input, "govuk-input"),
)
WITH_ERROR_STYLE = ("govuk-select", "govuk-textarea", "govuk-file-upload", "govuk-input")


class GovukBoundField(BoundField):
    """A bound field that knows its classes, its parts in error and where its error links go."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        """Django's attributes with the design system's class added to the widget's own."""
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden or isinstance(widget, forms.MultiWidget):
            return built
        style = next((name for kind, name in CLASSES if isinstance(widget, kind)), "")
        names = [style, widget.attrs.get("class", "")]
        if self.errors and style in WITH_ERROR_STYLE:
            names.append(f"{style}--error")
        built["class"] = " ".join(name for name in names if name)
        return built

    def as_widget(
        self,
        widget: forms.Widget | None = None,
        attrs: dict[str, Any] | None = None,
        only_initial: bool = False,
    ) -> Any:
        """The widget's HTML. A date's parts in error are marked and the others are not."""
        shown = widget or self.field.widget
        if isinstance(shown, PartedDateInput):
            attrs = {**(attrs or {}), "data-wrong": self.wrong_parts}
        return super().as_widget(shown, attrs, only_initial)

    @cached_property
    def wrong_parts(self) -> tuple[int, ...]:
        """Which boxes of a date are wrong: positions in day, month, year; all when unsaid."""
        found: set[int] = set()
        for error in self.form.errors.get(self.name, forms.utils.ErrorList()).as_data():
            found.update((error.params or {}).get("parts", (0, 1, 2)))
        return tuple(sorted(found))

    @property
    def single_checkbox(self) -> bool:
        """Whether this is one box to tick, whose label stands beside it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_page_heading(self) -> bool:
        """Whether its label is the page's `<h1>`: forms that ask one question a page."""
        return getattr(self.form, "heading_field", "") == self.name


class GovukRenderer(BaseRenderer):
    """Django's form renderer with our templates in front of Django's."""

    form_template_name = "wholeplace/form.html"
    field_template_name = "wholeplace/field.html"
    formset_template_name = "django/forms/formsets/div.html"
    bound_field_class = GovukBoundField

    @cached_property
    def engine(self) -> DjangoTemplates:
        """An engine of its own with cached templates."""
        loader = "django.template.loaders.filesystem.Loader"
        return DjangoTemplates(
            {
                "APP_DIRS": False,
                "DIRS": [FORM_TEMPLATES, DJANGO_TEMPLATES],
                "NAME": "wholeplace-forms",
                "OPTIONS": {"loaders": [("django.template.loaders.cached.Loader", [loader])]},
            }
        )

    def get_template(self, template_name: str) -> Any:
        """The compiled template of that name."""
        return self.engine.get_template(template_name)


class ActionForm(forms.Form):
    """A form that changes something: sent twice it acts once, sent late it says so.

    `key` is a fresh identifier for each opening of the form; an action stores it with its
    result, so that a second sending finds the first one's answer. `version` is the record's
    version when the form was opened; leave it out (`version=None`) where a form makes
    something new. A form that asks one question sets `heading_field` to that field's name.
    """

    heading_field: ClassVar[str] = ""
    use_required_attribute = False

    # No ids: a page may hold several of these forms.
    key = forms.UUIDField(widget=forms.HiddenInput(attrs={"id": False}))
    version = forms.IntegerField(
        widget=forms.HiddenInput(attrs={"id": False}),
        required=False,
        min_value=0,
        max_value=2**31 - 1,
    )

    def __init__(self, *args: Any, version: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field_name, field in self.fields.items():
            say_plainly(field, field_name)
        self.fields["key"].initial = uuid.uuid4
        self.fields["version"].initial = version
        for name in ("key", "version"):
            self.fields[name].error_messages = dict.fromkeys(
                ("required", "invalid", "min_value", "max_value"), EXPIRED
            )
        if version is not None:
            self.fields["version"].required = True


def say_plainly(field: forms.Field, name: str) -> None:
    """Puts a field's stock refusals in the design system's words; a field's own are kept."""
    label = str(field.label or pretty_name(name))
    inner = f"{label[0].lower()}{label[1:]}" if label[1:2].islower() else label
    asked = label.endswith("?")
    stock = type(field).default_error_messages
    if isinstance(field, forms.BooleanField):
        required = f"Tick the box if this is so: {label}"
    elif isinstance(field, forms.ChoiceField):
        required = f"Choose an answer to “{label}”" if asked else f"Choose {inner}"
    else:
        required = f"Answer “{label}”" if asked else f"Enter {inner}"
    plain = {"required": required}
    if isinstance(field, forms.IntegerField):
        plain["invalid"] = f"{label} must be a whole number"
    for code, words in plain.items():
        original = stock.get(code, forms.Field.default_error_messages.get(code))
        if field.error_messages.get(code) == original:
            field.error_messages[code] = words


def error_target(field: BoundField) -> str:
    """The id of the box that an error link goes to: a radio's first, a date's first wrong one."""
    if not field.auto_id:
        return ""
    widget = field.field.widget
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return f"{field.auto_id}_0"
    if isinstance(widget, PartedDateInput):
        parts = getattr(field, "wrong_parts", ()) or (0,)
        return f"{field.auto_id}_{parts[0]}"
    return str(field.id_for_label or field.auto_id)


def problems_of(form: forms.BaseForm) -> list[Link]:
    """Every problem of a bound form, in the order of the page, each linked to its box."""
    if not form.is_bound or not form.errors:
        return []
    found = [Link(str(text), "") for text in form.non_field_errors()]
    hidden = {str(text) for field in form.hidden_fields() for text in field.errors}
    found += [Link(text, "") for text in sorted(hidden)]
    for field in form.visible_fields():
        found += [Link(str(text), f"#{error_target(field)}") for text in field.errors]
    return found


def put_errors(form: forms.Form, errors: dict[str, str]) -> None:
    """Shows an action's refusal beside the boxes it is about; unknown names go to the top."""
    for name, text in errors.items():
        form.add_error(name if name in form.fields else None, ValidationError(text))
