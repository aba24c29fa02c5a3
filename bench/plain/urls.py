"""A view by hand; and the admin, with a person and what the agency said of them beneath."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import path

from bench.plain.views import person
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records.models import BenefitSpell, Job, Member, Resident


class _Shown:
    """Shown and not changed, which is the quicker of the admin's two ways."""

    extra = 0

    def has_add_permission(self, *_: Any) -> bool:
        return False

    def has_change_permission(self, *_: Any) -> bool:
        return False

    def has_delete_permission(self, *_: Any) -> bool:
        return False


def _beneath(of: type) -> type:
    return type(f"{of.__name__}Beneath", (_Shown, admin.TabularInline), {"model": of})


class PersonAdmin(_Shown, admin.ModelAdmin):
    """A person, with four kinds of statement."""

    inlines = [_beneath(of) for of in (Resident, Member, BenefitSpell, Job)]


site = admin.AdminSite()
site.register(Person, PersonAdmin)
urlpatterns = [path("admin/", site.urls), path("plain/<int:number>", person)]
