"""Campaigns: the list with what came of each, one with its links, QR code and poster, new ones, and their end."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from bot.outreach.campaigns import BadCampaign, Campaigns, Figures, link, qr_png, qr_svg
from bot.staff.access import Right
from bot.staff.console import Console, go
from bot.staff.posters import SIZES, WORDS, found_fonts, poster_pdf, shown
from bot.staff.visit import BadRequest, NotThere, Visit
from knowledge.vietnamese import fold

LIST = "/staff/chien-dich"
_PAGE = 50
_LONGEST = {"name": 120, "organisation": 120, "greeting": 600, "top_up": 600}


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    campaigns = Campaigns(console.engine, console.clock)

    @console.route(router, "GET", LIST, Right.CAMPAIGNS)
    def listed(visit: Visit) -> Response:
        return page(visit)

    def page(visit: Visit, error: str = "", status: int = 200, typed: dict[str, str] | None = None) -> Response:
        view, words, number = visit.asked("xem") or "active", visit.asked("tim"), visit.asked("trang", 4)
        every = campaigns.figures(visit.person.scope.codes)
        counts = {"active": sum(c.active for c in every), "ended": sum(not c.active for c in every), "all": len(every)}
        found = [c for c in every if (view == "all" or c.active == (view != "ended")) and _matches(c, words, console)]
        sums = {"leads": sum(c.leads for c in found), "joined": sum(c.joined for c in found)}
        at = min(max(1, int(number) if number.isdecimal() else 1), max(1, -(-len(found) // _PAGE)))
        return console.templates.page(
            visit, "campaigns.html", status, rows=found[(at - 1) * _PAGE : at * _PAGE], total=len(found), at=at,
            page_count=max(1, -(-len(found) // _PAGE)), counts=counts, view=view, words=words, sums=sums, error=error,
            units=console.communes.units, typed=typed or {},
        )  # fmt: skip

    @console.route(router, "POST", LIST, Right.CAMPAIGNS_EDIT)
    def add(visit: Visit) -> Response:
        typed = {name: visit.text(name) for name in ("code", "commune", *_LONGEST)}
        try:
            _check(visit, typed, console)
            campaigns.add(
                typed["code"], typed["name"], by=visit.person.login, organisation=typed["organisation"],
                commune=typed["commune"], greeting=typed["greeting"], top_up=typed["top_up"],
            )  # fmt: skip
        except BadCampaign as error:
            return page(
                visit, f"{error} {error.remedy}".replace(", hoặc xem bằng `tuvan campaign list`", ""), 400, typed
            )
        console.note(visit, "campaign.add", f"campaign:{typed['code']}")
        return go(f"{LIST}/{typed['code']}", "campaign_added")

    def found(visit: Visit) -> Figures:
        rows = campaigns.figures(visit.person.scope.codes, str(visit.path["code"]))
        if not rows:
            raise NotThere("Không có đợt vận động này, hoặc không thuộc xã, phường anh/chị phụ trách.")
        return rows[0]

    def links(code: str) -> dict[str, str]:
        system, runtime = console.parts.get("system"), console.parts.get("runtime")
        telegram = runtime.channels.get("telegram") if runtime is not None else None
        public = system.settings.public_url if system is not None else ""
        return link(code, telegram_name=getattr(telegram, "username", ""), public_url=public)

    @console.route(router, "GET", LIST + "/{code}", Right.CAMPAIGNS)
    def show(visit: Visit) -> Response:
        campaign = found(visit)
        targets, wanted = links(campaign.code), visit.asked("den", 10)
        target = _target(targets, wanted)
        return console.page(
            visit, "campaign.html", campaign=campaign, links=targets, target=target, sizes=SIZES, wanted=wanted,
            qr=qr_svg(target) if target else "", printable=found_fonts() is not None, runs="runtime" in console.parts,
        )  # fmt: skip

    @console.route(router, "POST", LIST + "/{code}/ket-thuc", Right.CAMPAIGNS_EDIT)
    def end(visit: Visit) -> Response:
        campaign = found(visit)
        if visit.person.scope.codes is not None and not visit.person.scope.holds(campaign.commune_code):
            raise NotThere("Đợt vận động này không thuộc xã, phường anh/chị phụ trách.")
        campaigns.end(campaign.code)
        console.note(visit, "campaign.end", f"campaign:{campaign.code}")
        return go(f"{LIST}/{campaign.code}", "campaign_ended")

    @console.route(router, "GET", LIST + "/{code}/ma.png", Right.CAMPAIGNS)
    def code_picture(visit: Visit) -> Response:
        campaign = found(visit)
        return _file(
            qr_png(_needed(links(campaign.code), visit.asked("den", 10)), scale=24),
            "image/png",
            f"ma-{campaign.code}.png",
        )

    @console.route(router, "GET", LIST + "/{code}/ap-phich", Right.CAMPAIGNS)
    def poster(visit: Visit) -> Response:
        campaign = found(visit)
        target = _needed(links(campaign.code), visit.asked("den", 10))
        return console.templates.bare(
            "poster.html", campaign=campaign, qr=qr_svg(target), address=shown(target), office=_office(console),
            words=WORDS,
        )  # fmt: skip

    @console.route(router, "GET", LIST + "/{code}/ap-phich.pdf", Right.CAMPAIGNS)
    def poster_file(visit: Visit) -> Response:
        campaign, size = found(visit), visit.asked("kho", 2) or "a4"
        if size not in SIZES:
            raise BadRequest("Khổ giấy này không có.", "Chọn A4 hoặc A5.")
        commune = console.communes.by_code(campaign.commune_code)
        made = poster_pdf(
            campaign, _needed(links(campaign.code), visit.asked("den", 10)), size=size, office=_office(console),
            place=commune.title if commune else "",
        )  # fmt: skip
        return _file(made, "application/pdf", f"ap-phich-{campaign.code}-{size}.pdf")

    return router


def _check(visit: Visit, typed: dict[str, str], console: Console) -> None:
    if not typed["name"]:
        raise BadCampaign("Chưa ghi tên đợt vận động.", "")
    for name, most in _LONGEST.items():
        if len(typed[name]) > most:
            raise BadCampaign(f"Có ô dài quá {most} ký tự.", "Viết ngắn lại.")
    if typed["commune"] and console.communes.by_code(typed["commune"]) is None:
        raise BadCampaign("Xã, phường không thuộc tỉnh này.", "Chọn trong danh sách.")
    if visit.person.scope.codes is not None and not visit.person.scope.holds(typed["commune"]):
        raise BadCampaign("Chỉ tạo được đợt vận động cho xã, phường anh/chị phụ trách.", "Chọn trong danh sách.")


def _matches(campaign: Figures, words: str, console: Console) -> bool:
    commune = console.communes.by_code(campaign.commune_code)
    text = fold(" ".join((campaign.code, campaign.name, campaign.organisation, commune.title if commune else "")))
    return all(word in text for word in fold(words).split())


def _target(links: dict[str, str], wanted: str) -> str:
    """Where the QR code leads: the web page, which needs no application, unless Telegram is `wanted`; empty where there is neither."""
    first, second = ("telegram", "web") if wanted == "telegram" else ("web", "telegram")
    return links.get(first) or links.get(second) or ""


def _needed(links: dict[str, str], wanted: str) -> str:
    target = _target(links, wanted)
    if not target:
        raise BadRequest(
            "Chưa có địa chỉ để đưa vào mã QR.",
            "Người quản trị máy chủ bật kênh Telegram hoặc đặt PUBLIC_URL trong .env.",
        )
    return target


def _office(console: Console) -> str:
    live: Any = console.parts.get("live")
    return str(live().office) if live is not None else ""


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
