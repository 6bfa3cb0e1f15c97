"""What pages say that aren't the page asked for: there is no such page, are you human, who are you, buy this name.

Patterns for whole parts of a title or heading (between bars and dashes), or for words anywhere in a short page. All are
matched without regard to case. To teach a new one, add it here and to the list in `tests/links/test_signs.py`.
"""

from __future__ import annotations

import re

#: What may stand before and after the statement itself.
_BEFORE = r"(?:(?:oops|oups|whoops|uh-?oh|sorry|désolée?|error|erreur|http|status|40[34]|410)\b[\W_]*+|(?:抱歉|很抱歉|对不起|出错啦)[\W_]*+)*"
_AFTER = r"[\W_]*+(?>(?:(?:40[34]|410|error|erreur|right now|错误|錯誤)[\W_]*+)*)"
_THING = r"(?:page|article|content|document|file(?: or directory)?|object|story|resource|url)"
_CHOSE = r"(?:contenu|page|article|document|fichier|ressource)"
_PAGE = r"(?:页面|頁面|网页|網頁|文章|内容|內容|文件)"

_STATEMENTS = {
    "status": r"40[34]|410|(?:40[34]|410)[\W_]*(?:error|erreur|not found|错误|錯誤)?[\W_]*(?:page|错误页面|页面|頁面)?",
    "English": (
        rf"(?:the |this |that |your )?(?:requested )?{_THING}s?(?: (?:that )?you[\w ’']{{0,40}})? ?(?:(?:was|is|has|were|could|can|does|no) )?"
        r"(?:not be found|not found|cannot be found|can[’']?t be found|not exist|doesn[’']t (?:seem to )?exist|no longer (?:exists?|available)"
        r"|longer (?:exists?|available)|isn[’']t available|aren[’']t available|unavailable|not available|missing|been (?:removed|deleted))"
        rf"|(?:we )?(?:can[’']?t|cannot|couldn[’']t|could not) (?:seem to )?find (?:the|that|this|your) {_THING}.{{0,40}}"
        r"|not found|nothing (?:was )?found"
    ),
    "French": (
        rf"(?:la |le |l[’']|cette |cet |ce )?{_CHOSE}s?(?: web)?(?: demandée?s?| recherchée?s?)?(?: que vous [\w ’']{{1,30}})? (?:est |sont )?"
        r"(?:introuvables?|non trouvée?s?|pas trouvée?|inexistante?|n[’']existe (?:pas|plus)|n[’']a pas (?:été|pu être) trouvée?"
        r"|n[’']est (?:pas|plus) (?:disponible|en ligne)|indisponible|supprimée?)"
    ),
    "Chinese": (
        rf".{{0,16}}{_PAGE}.{{0,8}}(?:不存在|未找到|找不到|没有找到|沒有找到|走丢|删除|刪除|无法访问).{{0,6}}"
        rf"|.{{0,8}}(?:找不到|未找到|没有找到|无法找到|無法找到|沒有找到).{{0,10}}{_PAGE}"
    ),
    "others": r"(?:die )?seite (?:wurde )?nicht gefunden|página no encontrada|pagina non trovata",
}
MISSING = re.compile(rf"{_BEFORE}(?:{'|'.join(_STATEMENTS.values())}){_AFTER}", re.I)
#: Where a server sends those who ask for what it doesn't have.
MISSING_PATH = re.compile(r"/(?:error/?)?(?:page)?[-_]?(?:404|not[-_]?found|page-introuvable)(?:\.\w{2,5})?/?$", re.I)

#: A name that somebody sells, or a server without a site.
PARKED = re.compile(
    r"domain (?:name )?(?:is|may be) for sale|buy this domain|this domain (?:has expired|is parked)|parked free, courtesy"
    r"|domaine (?:est )?à vendre|域名(?:出售|转让|已过期)|welcome to nginx|apache2? \w+ default page|^it works!?$"
    r"|account (?:has been )?suspended|default web site page",
    re.I,
)
CLOSED = re.compile(
    r"(?:site|website|page)? ?(?:is )?(?:currently |temporarily )?(?:under|down for|undergoing)(?: scheduled)? maintenance"
    r"|temporarily unavailable|en (?:cours de )?maintenance|(?:网站|系统)?维护中|系统维护",
    re.I,
)
WALL = re.compile(
    r"just a moment|attention required|verify(?:ing)? (?:that )?you are (?:a )?human|are you a (?:robot|human)|captcha"
    r"|access (?:to this page has been )?denied|request blocked|enable (?:javascript|cookies)|checking your browser"
    r"|unusual traffic|not available in your (?:country|region|location)|accès refusé|activer (?:les cookies|javascript)"
    r"|êtes-vous un robot|non disponible dans votre pays|安全验证|人机验证|访问验证|请输入验证码|访问被拒绝",
    re.I,
)
LOGIN = re.compile(
    r"(?:^|[/.?&_-])(?:log-?in|sign-?in|signon|sso|auth(?:enticate)?|oauth2?|account|connexion|identification|passport)"
    r"(?:$|[/.?&=_-])",
    re.I,
)
