"""Query parameters that tell a site who sent the reader, and that no page depends on.

A name is here only when somebody's service owns it: a name that any site may use for content
(``ref``, ``id``, ``source``, ``campaign``, ``cid``, ``partner``, ``share``) never is, except for
the site that is known to use it for counting.
"""

from __future__ import annotations

# Source: the query-stripping lists of Mozilla (static-dumps/main/query-stripping.json, 2023-03-13)
#   and LibreWolf, and Brave's query filter (release notes to 1.59), read 2026-11-22. Left out:
#   fb_comment_id, which names a comment.
_STRIPPED_BY_BROWSERS = """
    __hsfp __hssc __hstc __s _bhlid _branch_match_id _branch_referrer _gl _hsenc _kx _openstat
    at_recipient_id at_recipient_list bbeml bsft_clkid bsft_uid dclid et_rid fb_action_ids fbclid
    gbraid gclid guce_referrer guce_referrer_sig hsctatracking igshid irclickid mc_eid mkt_tok
    ml_subscriber ml_subscriber_hash msclkid mtm_cid oft_c oft_ck oft_d oft_id oft_ids oft_k oft_lk
    oft_sk oly_anon_id oly_enc_id pk_cid rb_clickid s_cid sc_customer sc_eh sc_uid sfmc_activityid
    sfmc_id sms_click sms_source sms_uph srsltid ss_email_id syclid ttclid twclid unicorn_click_id
    vero_conv vero_id vgo_ee wbraid wickedid yclid ymclid ysclid
"""
# Source: the services' own pages on campaign tagging and public registries of parameters, read
#   2026-11-22: Google Ads and Analytics (_ga, gclsrc, gad_…, ga_…), Matomo (mtm_, pk_, piwik_),
#   HubSpot ads (hsa_), Mailchimp (mc_), AT Internet/Piano (at_, xtor; the BBC's links carry them),
#   and of Mapp, Adobe, Pinterest, LinkedIn, Reddit, Snap, Outbrain, Taboola, Cxense, Marin and
#   dotdigital.
_CAMPAIGNS = """
    _ga _gid gclsrc gad_source gad_campaignid ga_source ga_medium ga_term ga_content ga_campaign
    mtm_campaign mtm_kwd mtm_keyword mtm_source mtm_medium mtm_content mtm_group mtm_placement
    pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content piwik_campaign piwik_kwd
    hsa_acc hsa_ad hsa_cam hsa_grp hsa_kw hsa_la hsa_mt hsa_net hsa_ol hsa_src hsa_tgt hsa_ver _hsmi
    mc_cid mc_tc at_medium at_campaign at_campaign_type at_custom1 at_custom2 at_custom3 at_custom4
    at_link_id at_link_origin at_link_type at_format at_ptr_name at_bbc_team xtor wt_mc wt_zmc
    wt.mc_id s_kwcid ef_id epik li_fat_id rdt_cid sccid dicbo oborigurl outbrainclickid tblci
    cx_testid cx_testvariant cx_artpos cx_experienceid mkwid pcrid dm_i guccounter
"""
# Source: links as X, Facebook and Instagram hand them on (X's oEmbed blockquotes and AMP links of
#   2020; Facebook's Open Graph actions and mobile sharing), public registries, read 2026-11-22.
_SHARING = """
    ref_src ref_url __twitter_impression fb_action_types fb_ref fb_source action_object_map
    action_type_map action_ref_map mibextid sfnsn igsh
"""
_EVERYWHERE = frozenset(f"{_STRIPPED_BY_BROWSERS}{_CAMPAIGNS}{_SHARING}".split())
_PREFIXES = ("utm_", "__cft__", "__xts__")  # Urchin's, custom ones too; Facebook's, with an index

# Names that count readers on one site only. Source: those publishers' own newsletter and share
# links, and the site rules of link-cleaning extensions (facts only), read 2026-11-22.
_BBC = frozenset({"ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "ns_fee", "ocid"})
_ON_SITE = {
    "bbc.co.uk": _BBC,
    "bbc.com": _BBC,
    "nytimes.com": frozenset({"smid", "smtyp", "referringsource"}),
    "theguardian.com": frozenset({"cmp"}),
    "washingtonpost.com": frozenset({"wpisrc", "wpmm", "wpmk", "itid"}),
    "cnbc.com": frozenset({"__source"}),
    "dailymail.co.uk": frozenset({"ito"}),
    "bloomberg.com": frozenset({"sref", "leadsource"}),
}  # fmt: skip


def is_tracker(name: str, host: str) -> bool:
    """Tell whether a parameter of that name only counts readers, on that host (in lower case)."""
    # `&amp;` left in by an editor reaches servers as a parameter called "amp;utm_medium".
    name = name.lower().removeprefix("amp;").replace("%5b", "[")
    if name.startswith(_PREFIXES) or name in _EVERYWHERE:
        return True
    return any(name in _ON_SITE[site] for site in _ON_SITE if f".{host}".endswith(f".{site}"))
