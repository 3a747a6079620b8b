"""The layouts: one function each, registered by its name."""

from __future__ import annotations

from tests.measure.layouts import TOPICS, Maker, Page, layout


@layout
def wordpress_classic(m: Maker) -> Page:
    body = m.amid(
        m.p(),
        f'<div class="wp-caption aligncenter"><img src="/x.jpg"><p class="wp-caption-text">{m.words(4, 9)}</p></div>',
    )
    sharing = f'<div class="sharedaddy sd-sharing-enabled"><h3>Share this:</h3><ul>{m.shares()}</ul></div>'
    related = f'<div id="jp-relatedposts" class="jp-relatedposts"><h3>Related</h3>{m.headline_links(3, "<p>{}</p>")}</div>'
    tags = " ".join(m.chrome(tag, attributes='rel="tag"', path="tag/x") for tag in TOPICS[:4])
    return m.finish(
        f'<div id="page"><div id="masthead"><h1>{m.chrome("Harbour Paper", path="")}</h1><div id="access"><ul class="menu">{m.menu()}</ul></div></div>'
        f'<div id="main"><div id="container"><div id="content"><div id="nav-above">{m.chrome("← Previous")} {m.chrome("Next →")}</div>'
        f'<div id="post-1" class="post type-post hentry category-floods tag-storm"><h1 class="entry-title">{m.title}</h1>'
        f'<div class="entry-meta">Posted on {m.chrome("March 3, 2026")} by {m.chrome("Maya Lind", path="author/maya")}</div>'
        f'<div class="entry-content">{body}{sharing}{related}</div><div class="entry-utility">This entry was posted in {m.chrome("Floods", path="category/floods")} and tagged {tags}. Bookmark the {m.chrome("permalink")}.</div></div>'
        f'<div id="comments">{m.comments(m.rng.randint(0, 12))}</div></div></div>'
        f'<div id="primary" class="widget-area"><ul><li class="widget"><h3>Recent Posts</h3><ul>{m.headline_links(5)}</ul></li>'
        f'<li class="widget"><h3>Blogroll</h3><ul>{"".join("<li>" + m.chrome("Friend blog", inside=False) + "</li>" for _ in range(5))}</ul></li></ul></div></div>'
        f'<div id="footer">{m.footer_links()}</div></div>'
    )


@layout
def wordpress_block(m: Maker) -> Page:
    box = f'<div class="wp-block-group has-background"><p><strong>Also read</strong></p><ul class="wp-block-latest-posts">{m.headline_links(4)}</ul></div>'
    pointer = f"<p><strong>Read more:</strong> {m.point(m.words(4, 9))}</p>"
    body = m.amid(
        m.p(),
        box,
        pointer,
        f'<blockquote class="wp-block-quote"><p>{m.sentence()}</p><cite>{m.cite()}</cite></blockquote>',
    )
    return m.finish(
        f'<div class="wp-site-blocks"><header class="wp-block-template-part"><nav class="wp-block-navigation"><ul>{m.menu()}</ul></nav></header>'
        f'<main class="wp-block-group" id="wp--skip-link--target"><h1 class="wp-block-post-title">{m.title}</h1>'
        f'<div class="entry-content wp-block-post-content is-layout-constrained">{body}</div>'
        f'<div class="wp-block-group"><p>Written by</p>{m.chrome("Maya Lind", path="author/maya")} in {m.chrome("Floods", path="category/floods")}</div>'
        f'<div class="wp-block-query"><h2>More posts</h2><ul class="wp-block-post-template">{m.headline_links(6, "<li><h2>{}</h2></li>", teaser=True)}</ul></div></main>'
        f'<footer class="wp-block-template-part">{m.footer_links()}</footer></div>'
    )


@layout
def magazine_theme(m: Maker) -> Page:
    inline = f'<div class="td_block_wrap td_block_related_posts"><h4>Don\'t miss</h4>{m.headline_links(3, "<div class=td-module-container>{}</div>")}</div>'
    body = m.amid(
        m.p(),
        inline,
        f'<div class="td-a-rec td-a-rec-id-content_inline">{m.chrome("Buy boots now", inside=False)}</div>',
    )
    return m.finish(
        f'<div class="td-header-wrap"><div class="td-header-menu-wrap"><ul class="sf-menu">{m.menu(14)}</ul></div></div>'
        f'<div class="td-main-content-wrap"><div class="td-container"><div class="td-crumb-container">{m.chrome("Home")} {m.chrome("Floods")}</div>'
        f'<div class="td-pb-row"><div class="td-pb-span8 td-main-content"><article class="post"><div class="td-post-header"><ul class="td-category"><li>{m.chrome("Floods")}</li></ul><h1>{m.title}</h1>'
        f'<div class="td-module-meta-info">By {m.chrome("Maya Lind", path="author/maya")}</div></div><div class="td-post-sharing">{m.shares()}</div>'
        f'<div class="td-post-content tagdiv-type">{body}</div>'
        f'<footer><div class="td-post-source-tags"><ul class="td-tags">{m.menu(4)}</ul></div><div class="td-block-row td-post-next-prev">{m.headline_links(2, "<div>{}</div>")}</div>'
        f'<div class="td-author-name">{m.chrome("Maya Lind", path="author/maya")}<div class="td-author-description">{m.sentence()} {m.chrome("my site", inside=False)}</div></div></footer></article></div>'
        f'<div class="td-pb-span4 td-main-sidebar">{m.headline_links(8, "<div class=td-module-thumb>{}</div>", teaser=True)}</div></div></div></div>'
        f'<div class="td-footer-wrapper">{m.footer_links()}</div>'
    )


@layout
def newsroom_blocks(m: Maker) -> Page:
    promo = f'<div data-component="links-block" class="ssrcss-1imhk75"><div><h2>More on this story</h2><ul>{m.headline_links(3)}</ul></div></div>'
    blocks = [
        f'<div data-component="text-block" class="ssrcss-11r1m41"><div><p>{text}</p></div></div>'
        for text in m.paragraphs()
    ]
    return m.finish(
        f'<div id="__next"><header role="banner"><nav role="navigation"><ul>{m.menu(12)}</ul></nav></header>'
        f'<main id="main-content"><article><header><h1>{m.title}</h1><div data-component="byline-block">{m.chrome("Maya Lind")}</div></header>'
        f'{m.amid(blocks, promo)}<section data-component="tag-list"><h2>Related Topics</h2><ul>{m.menu(5)}</ul></section></article>'
        f'<section data-component="top-stories" class="ssrcss-top"><h2>Top stories</h2><ul>{m.headline_links(5, teaser=True)}</ul></section>'
        f'<section aria-label="elsewhere"><h2>Elsewhere</h2>{m.headline_links(6, "<div>{}</div>", teaser=True)}</section></main>'
        f'<footer role="contentinfo">{m.footer_links()}</footer></div>'
    )


@layout
def newsroom_hashed(m: Maker) -> Page:
    box = f'<div class="css-9f2k1a"><span class="css-1x">Read next</span>{m.headline_links(2, "<div class=css-2y>{}</div>")}</div>'
    body = m.amid([f'<p class="css-at9mc1 evys1bk0">{text}</p>' for text in m.paragraphs()], box)
    return m.finish(
        f'<div id="app"><div class="css-1q"><div class="css-77">{m.headline_links(0)}<ul class="css-n1">{m.menu(14)}</ul></div></div>'
        f'<div class="css-main"><div class="css-hd"><h1 class="css-h1">{m.title}</h1><p class="css-by">By {m.chrome("Maya Lind")} and {m.chrome("Ben Otto")}</p></div>'
        f'<section name="articleBody" class="meteredContent css-1r7ky0e"><div class="css-s99gbd StoryBodyCompanionColumn"><div class="css-53u6y8">{body}</div></div></section>'
        f'<div class="css-bottom"><div class="css-rel"><h2>Related</h2>{m.headline_links(6, "<div class=css-card>{}</div>", teaser=True)}</div></div></div>'
        f'<div class="css-ft">{m.footer_links()}</div></div>'
    )


@layout
def wiki(m: Maker) -> Page:
    def text() -> str:
        return f"{m.sentence()} {m.words(3, 6)} {m.cite(inside=True)} {m.words(3, 6)} {m.cite(inside=True)}.<sup class=reference><a href='#cite_note-1'>[1]</a></sup>"

    sections = "".join(
        f'<div class="mw-heading mw-heading2"><h2>{topic}</h2><span class="mw-editsection">[{m.chrome("edit", path="w/index.php?action=edit")}]</span></div>'
        f"<p>{text()} {m.sentence()}</p><p>{text()}</p>"
        for topic in TOPICS[:4]
    )
    notes = "".join(
        f'<li id="cite_note-{n}"><span class="mw-cite-backlink"><a href="#cite_ref-{n}">^</a></span> <cite class="citation news">{m.cite(inside=False, attributes="rel=nofollow class=external")}. {m.words(2, 4)}.</cite></li>'
        for n in range(8)
    )
    navbox = f'<div role="navigation" class="navbox"><table class="nowraplinks navbox-inner"><tr><td>{m.headline_links(20, "{} · ")}</td></tr></table></div>'
    return m.finish(
        f'<div id="mw-page-base"></div><div id="content" class="mw-body" role="main"><h1 id="firstHeading">{m.title}</h1><div id="bodyContent"><div id="siteSub">From Wiki</div>'
        f'<div id="mw-content-text" class="mw-body-content"><div class="mw-parser-output"><p>{text()} {m.sentence()}</p>'
        f'<div id="toc" class="toc"><ul><li><a href="#a">1 a</a></li><li><a href="#b">2 b</a></li></ul></div>{sections}'
        f'<h2>References</h2><div class="reflist"><ol class="references">{notes}</ol></div>{navbox}</div>'
        f'<div class="printfooter">Retrieved from {m.chrome("here", path="w/index.php?oldid")}</div></div><div id="catlinks" class="catlinks">{m.menu(5)}</div></div></div>'
        f'<div id="mw-navigation"><div id="mw-head"><ul>{m.menu(8)}</ul></div><div id="mw-panel"><ul>{m.menu(12)}</ul></div></div><div id="footer" role="contentinfo"><ul>{m.footer_links()}</ul></div>'
    )


@layout
def blogger(m: Maker) -> Page:
    return m.finish(
        f'<div class="navbar section" id="navbar"></div><div id="outer-wrapper"><div id="header-wrapper"><h1 class="title">{m.chrome("My harbour", path="")}</h1></div>'
        f'<div id="content-wrapper"><div id="main-wrapper"><div class="main section" id="main"><div class="widget Blog"><div class="blog-posts hfeed"><div class="date-outer"><div class="post-outer"><div class="post hentry">'
        f'<h3 class="post-title entry-title">{m.title}</h3><div class="post-body entry-content">{"<br><br>".join(m.paragraphs())}<div style="clear: both;"></div></div>'
        f'<div class="post-footer"><div class="post-footer-line"><span class="post-author vcard">{m.chrome("Maya")}</span> <span class="post-labels">Labels: {m.chrome("floods", path="search/label/floods", attributes="rel=tag")}</span></div></div></div>'
        f'<div class="comments" id="comments">{m.comments(m.rng.randint(0, 9))}</div></div></div></div><div class="blog-pager" id="blog-pager">{m.chrome("Newer Post")} {m.chrome("Older Post")}</div></div></div></div>'
        f'<div id="sidebar-wrapper"><div class="sidebar section"><div class="widget BlogArchive"><ul>{m.menu(12)}</ul></div><div class="widget LinkList"><ul>{"".join("<li>" + m.chrome("Other blog", inside=False) + "</li>" for _ in range(9))}</ul></div></div></div></div></div>'
    )


@layout
def tables(m: Maker) -> Page:
    body = "<br><br>".join(
        f'<font face="Verdana" size="2">{text}</font>' for text in m.paragraphs()
    )
    rows = "".join(f'<tr><td bgcolor="#eeeeee">{m.chrome(topic)}</td></tr>' for topic in TOPICS)
    return m.finish(
        f'<table width="100%"><tr><td colspan="3">{m.chrome("Home")} | {m.chrome("News")} | {m.chrome("Contact")}</td></tr><tr><td width="150" valign="top"><table>{rows}</table></td>'
        f'<td valign="top"><table><tr><td><font size="5"><b>{m.title}</b></font></td></tr><tr><td>{body}</td></tr></table></td>'
        f'<td width="160" valign="top"><b>Latest</b><br>{m.headline_links(7, "{}<br>")}</td></tr><tr><td colspan="3" align="center">{m.footer_links()}</td></tr></table>'
    )


@layout
def bare_divs(m: Maker) -> Page:
    return m.finish(
        f"<div><div>{m.headline_links(9, '<div>{}</div>')}</div><div><div><div>{m.title}</div><div>{''.join(f'<div>{text}</div>' for text in m.paragraphs())}</div></div>"
        f"<div><div>{m.headline_links(5, '<div>{}</div>')}</div></div></div><div>{m.footer_links()}</div></div>"
    )


@layout
def breaks_only(m: Maker) -> Page:
    return m.finish(
        f'<div id="top"><a href="#story">Skip</a>{m.headline_links(6, "{} | ")}</div><div id="left">{m.headline_links(10, "{}<br>")}</div>'
        f'<div id="story"><b>{m.title}</b><br><br>{"<br><br>".join(m.paragraphs())}<br><br></div><div id="bottom">{m.footer_links()}</div>'
    )


@layout
def live_blog(m: Maker) -> Page:
    posts = "".join(
        f'<article class="block" id="block-{n}"><header class="block__header"><time>1{n}.05</time><a href="#block-{n}">#</a><h2>{m.words(3, 7)}</h2></header>'
        f'<div class="block__content">{"".join(m.p(1, 3))}</div><div class="block__share">{m.shares()}</div></article>'
        for n in range(m.rng.randint(4, 9))
    )
    keys = "".join(f'<li><a href="#block-{n}">{m.words(4, 9)}</a></li>' for n in range(5))
    return m.finish(
        f'<header class="site-header"><nav>{m.menu()}</nav></header><main class="liveblog"><h1>{m.title}</h1><div class="liveblog__summary"><p>{m.paragraph(1)}</p></div>'
        f'<aside class="liveblog__key-events"><h2>Key events</h2><ul>{keys}</ul></aside><div class="liveblog__body" id="liveblog-body">{posts}</div></main>'
        f'<section class="most-viewed"><h2>Most viewed</h2><ol>{m.headline_links(10)}</ol></section><footer>{m.footer_links()}</footer>'
    )


@layout
def amp(m: Maker) -> Page:
    box = f'<div class="amp-related-content"><h4>Related Stories</h4>{m.headline_links(3, "<p>{}</p>")}</div>'
    return m.finish(
        f'<header id="top" class="amp-wp-header"><div>{m.chrome("Harbour Paper", path="")}</div></header><amp-sidebar id="sidebar" layout="nodisplay"><ul>{m.menu()}</ul></amp-sidebar>'
        f'<article class="amp-wp-article"><header class="amp-wp-article-header"><h1>{m.title}</h1><div class="amp-wp-meta amp-wp-byline">{m.chrome("Maya Lind", path="author/maya")}</div></header>'
        f'<div class="amp-wp-article-content">{m.amid(m.p(), box, "<amp-ad width=300 height=250></amp-ad>")}</div><footer class="amp-wp-article-footer"><div class="amp-wp-tax-category">{m.chrome("Floods", path="category/floods")}</div></footer></article>'
        f'<amp-social-share type="twitter"></amp-social-share><footer class="amp-wp-footer">{m.footer_links()}</footer>'
    )


@layout
def newsletter_mail(m: Maker) -> Page:
    rows = "".join(
        f'<tr><td style="padding:10px 20px"><table width="100%"><tr><td class="mcnTextContent"><h2>{m.words(3, 6)}</h2><p>{m.paragraph(2)}</p><p>{m.paragraph()}</p></td></tr></table></td></tr>'
        for _ in range(5)
    )
    unsubscribe = f"You are receiving this because you signed up. {m.chrome('Unsubscribe', inside=False)} or {m.chrome('update preferences', inside=False)}"
    return m.finish(
        f'<center><table id="bodyTable" width="100%"><tr><td align="center" id="templatePreheader">{m.chrome("View this email in your browser", inside=False)}</td></tr>'
        f'<tr><td><table id="templateBody" width="600">{rows}</table></td></tr><tr><td id="templateFooter" class="mcnFollowContent">{m.chrome("Instagram", inside=False)} {m.chrome("Website")}<p>{unsubscribe}</p></td></tr></table></center>'
    )


@layout
def newsletter_site(m: Maker) -> Page:
    signup = f'<div class="subscription-widget-wrap"><div class="subscription-widget"><p>Thanks for reading! {m.chrome("Subscribe")} for free.</p></div></div>'
    button = f'<p class="button-wrapper">{m.chrome("Share", attributes="class=button")}</p>'
    notes = "".join(
        f'<div class="footnote"><a id="footnote-{n}" href="#footnote-anchor-{n}" class="footnote-number">{n}</a><div class="footnote-content"><p>{m.words(3, 9)} {m.cite(inside=False)}.</p></div></div>'
        for n in range(3)
    )
    return m.finish(
        f'<div id="entry"><div id="main" class="main typography"><div class="main-menu">{m.chrome("Home")} {m.chrome("Archive")} {m.chrome("About")}</div><div class="single-post-container"><div class="container"><div class="single-post"><article class="typography newsletter-post post">'
        f'<div class="post-header"><h1 class="post-title">{m.title}</h1><h3 class="subtitle">{m.words(6, 12)}</h3><div class="byline-wrapper">{m.chrome("Maya Lind")}</div></div>'
        f'<div class="available-content"><div class="body markup">{m.amid(m.p(), signup, button)}{notes}</div></div><div class="post-footer">{m.chrome("Like")} {m.chrome("Comments")}</div></article></div></div>'
        f'<div class="comments-section"><div class="comment-list">{m.comments(5)}</div></div><div class="recommended-posts">{m.headline_links(4, "<div class=post-preview>{}</div>", teaser=True)}</div></div></div><div class="footer-wrap">{m.footer_links()}</div></div>'
    )


@layout
def writers_site(m: Maker) -> Page:
    parts = [
        f'<p id="{n:04x}" class="pw-post-body-paragraph abc de{n}">{text}</p>'
        for n, text in enumerate(m.paragraphs())
    ]
    return m.finish(
        f'<div id="root"><div class="a b c"><div class="d e"><div class="f">{m.chrome("Open in app")} {m.chrome("Sign up")} {m.chrome("Sign in")} {m.chrome("Write")}</div></div>'
        f'<article class="meteredContent"><div class="l"><div class="l"><section><div><div class="ck ab"><h1 class="pw-post-title">{m.title}</h1><div class="speechify"><div class="ab q">{m.chrome("Maya Lind")} · {m.chrome("Follow")}</div></div>{"".join(parts)}</div></div></section></div></div></article>'
        f'<div class="ab ca"><div class="ck"><div class="go">{m.menu(5)}</div></div></div><div class="mo"><div class="ab"><h2>Written by {m.chrome("Maya Lind")}</h2><p>{m.words(5, 9)} {m.chrome("site", inside=False)}</p></div></div>'
        f'<div class="np"><h2>More from Maya Lind</h2>{m.headline_links(6, "<div class=x><h2>{}</h2></div>", teaser=True)}</div><div class="h k">{m.footer_links()}</div></div></div>'
    )


@layout
def static_site(m: Maker) -> Page:
    notes = "".join(
        f'<li id="fn:{n}"><p>{m.words(2, 5)} {m.cite(inside=False)} <a href="#fnref:{n}" class="footnote-backref">↩</a></p></li>'
        for n in range(5)
    )
    return m.finish(
        f'<header class="header"><nav class="nav"><div class="logo">{m.chrome("Harbour")}</div><ul id="menu">{m.menu(5)}</ul></nav></header><main class="main"><article class="post-single"><header class="post-header"><div class="breadcrumbs">{m.chrome("Home")} » {m.chrome("Posts")}</div><h1 class="post-title">{m.title}</h1>'
        f'<div class="post-meta">3 min · Maya | {m.chrome("Suggest changes", inside=False)}</div></header><div class="toc"><details><summary>Table of Contents</summary><ul><li><a href="#a">a</a></li><li><a href="#b">b</a></li></ul></details></div>'
        f'<div class="post-content">{"".join(m.p())}<section class="footnotes" role="doc-endnotes"><hr><ol>{notes}</ol></section></div><footer class="post-footer"><ul class="post-tags">{m.menu(3)}</ul><nav class="paginav">{m.chrome("« Prev")} {m.chrome("Next »")}</nav>'
        f'<div class="share-buttons">{m.shares()}</div></footer></article></main><footer class="footer">{m.chrome("Hugo", inside=False)} {m.chrome("PaperMod", inside=False)}</footer>'
    )


@layout
def source_list(m: Maker) -> Page:
    sources = "".join(f"<li>{m.cite(m.words(4, 10), inside=False)}</li>" for _ in range(8))
    return m.finish(
        f'<div class="site"><div class="top-bar"><ul>{m.menu()}</ul></div><div class="content-area"><article class="fact-check"><h1>{m.title}</h1>{"".join(m.p(4, 8))}<h2>Our Sources</h2><ul class="sources">{sources}</ul></article>'
        f'<div class="more"><h3>More fact-checks</h3>{m.headline_links(4, "<div class=tile>{}</div>", teaser=True)}</div></div><div class="bottom">{m.footer_links()}</div></div>'
    )


@layout
def round_up(m: Maker) -> Page:
    items = "".join(
        f"<li>{m.cite(m.words(4, 9), inside=False)}. {m.words(4, 12)}.</li>" for _ in range(10)
    )
    return m.finish(
        f'<div class="wrapper"><header><nav><ul>{m.menu(6)}</ul></nav></header><main><article><h1>{m.title}</h1><p>{m.paragraph(1)}</p><ul>{items}</ul><p>{m.paragraph(1)}</p></article></main>'
        f'<aside class="sidebar"><ul>{m.headline_links(9)}</ul></aside><footer>{m.footer_links()}</footer></div>'
    )


@layout
def short_news(m: Maker) -> Page:
    return m.finish(
        f'<div class="header-container"><ul class="main-nav">{m.menu(20)}</ul><div class="ticker">{m.headline_links(6, "<span>{}</span>")}</div></div><div class="row"><div class="col-md-8"><h1>{m.title}</h1><div class="story"><p>{m.paragraph(1)}</p><p>{m.paragraph(1)}</p></div>'
        f'<div class="row teaser-row">{m.headline_links(12, "<div class=teaser>{}</div>", teaser=True)}</div></div><div class="col-md-4">{m.headline_links(10, "<div class=teaser>{}</div>", teaser=True)}</div></div><div class="row footer">{m.footer_links()}</div>'
    )


@layout
def cookies_and_pointers(m: Maker) -> Page:
    inline = f'<aside class="c-inline-promo"><p>Recommended</p>{m.headline_links(2, "<h4>{}</h4>", teaser=True)}</aside>'
    pointers = [
        f"<p>{label} {m.point(m.words(4, 8))}</p>" for label in ("READ:", "<em>See also:</em>")
    ]
    cookies = f'<div id="onetrust-banner-sdk" role="alertdialog"><div id="onetrust-policy-text">We and our 842 partners store and access information on a device. You may change your choice at any time. {m.chrome("Cookie policy")} {m.chrome("Partners", inside=False)}</div></div>'
    return m.finish(
        f'{cookies}<div class="l-page"><header class="l-header">{m.menu(9)}</header><main class="l-main"><article class="c-article"><h1>{m.title}</h1><p class="c-article__standfirst">{m.sentence()}</p><div class="c-share">{m.shares()}</div>'
        f'<div class="c-article__body">{m.amid(m.p(), inline, *pointers)}</div><div class="c-newsletter"><h3>Get our newsletter</h3><p>{m.sentence()} {m.chrome("Privacy notice")}</p></div><div class="c-topics"><ul>{m.menu(4)}</ul></div></article>'
        f'<div class="c-taboola">{m.headline_links(8, "<div>{}</div>", teaser=True)}</div></main><footer class="l-footer">{m.footer_links()}</footer></div>'
    )


@layout
def government(m: Maker) -> Page:
    contents = "".join(
        f'<li class="gem-c-contents-list__list-item"><a href="#s{n}">{topic}</a></li>'
        for n, topic in enumerate(TOPICS[:4])
    )
    return m.finish(
        f'<div id="global-cookie-message" class="gem-c-cookie-banner"><p>We use some essential cookies. {m.chrome("View cookies")}</p></div><header role="banner" class="gem-c-layout-super-navigation-header"><nav><ul>{m.menu(12)}</ul></nav></header><div class="govuk-width-container"><div class="gem-c-breadcrumbs">{m.chrome("Home")} {m.chrome("Environment")}</div>'
        f'<main role="main" id="content" class="detailed-guide"><div class="govuk-grid-row"><div class="govuk-grid-column-two-thirds"><h1>{m.title}</h1></div><div class="metadata-logo-wrapper"><dl><dt>From:</dt><dd>{m.chrome("Ministry of Water")}</dd></dl></div></div><div class="contents-list-with-body"><nav class="gem-c-contents-list"><ol>{contents}</ol></nav><div class="gem-c-govspeak govuk-govspeak"><div class="govspeak">{"".join(m.p())}<ul><li>{m.cite(m.words(3, 7))}</li><li>{m.cite(m.words(3, 7))}</li><li>{m.cite(m.words(3, 7), inside=True)}</li></ul>{"".join(m.p(2, 4))}</div></div></div>'
        f'<div class="govuk-grid-column-one-third"><div class="gem-c-contextual-sidebar"><h2>Related content</h2><ul>{m.headline_links(5)}</ul></div></div><div class="gem-c-contextual-footer"><h2>Explore the topic</h2><ul>{m.menu(3)}</ul></div></main></div><footer role="contentinfo">{m.footer_links()}</footer>'
    )


@layout
def drupal(m: Maker) -> Page:
    return m.finish(
        f'<div class="dialog-off-canvas-main-canvas"><div class="layout-container"><header role="banner"><div class="region region-header"><nav role="navigation" class="block block-menu navigation menu--main"><ul class="menu">{m.menu()}</ul></nav></div></header><main role="main"><div class="layout-content"><div class="region region-content">'
        f'<div class="block block-system block-system-main-block"><article role="article" class="node node--type-article node--view-mode-full"><footer class="node__meta"><div class="node__submitted">Submitted by {m.chrome("maya")}</div></footer><div class="node__content"><div class="field field--name-body field--type-text-with-summary">{"".join(m.p())}</div>'
        f'<div class="field field--name-field-tags field--type-entity-reference"><div class="field__label">Tags</div><div class="field__items">{m.headline_links(3, "<div class=field__item>{}</div>")}</div></div><div class="node__links"><ul class="links inline">{m.menu(2)}</ul></div></div></article></div>'
        f'<div class="views-element-container block block-views"><h2>More news</h2><div class="view-content">{m.headline_links(6, "<div class=views-row>{}</div>", teaser=True)}</div></div></div></div></main><footer role="contentinfo"><div class="region region-footer">{m.footer_links()}</div></footer></div></div>'
    )


@layout
def ghost(m: Maker) -> Page:
    card = f'<figure class="kg-card kg-bookmark-card">{m.cite(f"<div class=kg-bookmark-content><div class=kg-bookmark-title>{m.words(4, 8)}</div><div class=kg-bookmark-description>{m.words(6, 14)}</div></div>", inside=False, attributes="class=kg-bookmark-container")}</figure>'
    call = f'<div class="kg-card kg-button-card kg-align-center">{m.chrome("Subscribe now", attributes="class=kg-btn")}</div>'
    return m.finish(
        f'<div class="gh-viewport"><header id="gh-head" class="gh-head"><nav class="gh-head-menu"><ul class="nav">{m.menu(5)}</ul></nav></header><div class="site-content"><main id="site-main" class="site-main"><article class="article post"><header class="article-header gh-canvas"><div class="article-tag">{m.chrome("Floods", path="tag/floods")}</div><h1>{m.title}</h1><h4 class="author-name">{m.chrome("Maya", path="author/maya")}</h4></header>'
        f'<section class="gh-content gh-canvas">{m.amid(m.p(), card, call)}</section></article></main><section class="footer-cta">{m.chrome("Sign up")}</section><aside class="read-more-wrap"><div class="read-more inner">{m.headline_links(3, "<article class=post-card>{}</article>", teaser=True)}</div></aside></div><footer class="site-footer">{m.footer_links()}</footer></div>'
    )


@layout
def listicle(m: Maker) -> Page:
    entries = "".join(
        f'<div class="slide"><h2>{n}. {m.cite(m.words(2, 4), inside=False)}</h2><p>{m.paragraph()}</p></div>'
        for n in range(1, 8)
    )
    return m.finish(
        f'<div class="mega-nav">{m.headline_links(16, "<span>{}</span>")}</div><div class="article-wrap"><h1>{m.title}</h1><div class="article-intro"><p>{m.paragraph(1)}</p></div>{entries}<div class="tag-links">{m.menu(5)}</div><div class="next-article">{m.chrome("Next: " + m.title)}</div></div>'
        f'<div class="grid">{m.headline_links(9, "<div class=card>{}</div>", teaser=True)}</div><div class="legal">{m.footer_links()}</div>'
    )


@layout
def tabloid(m: Maker) -> Page:
    def box() -> str:
        return f'<div class="related-carousel"><h3>RELATED ARTICLES</h3><ul>{m.headline_links(4)}</ul></div>'

    def promo() -> str:
        return f'<p class="mol-para-with-font"><a class="class" href="{m.page.url}#comments">Share</a></p>'

    body = m.amid(
        [f'<p class="mol-para-with-font">{text}</p>' for text in m.paragraphs(8, 20)],
        box(),
        box(),
        promo(),
        f'<div class="art-ins mol-factbox"><h3>{m.words(2, 4)}</h3><div class="mol-factbox-body"><p>{m.paragraph(1)}</p></div></div>',
    )
    return m.finish(
        f'<div class="page-header"><ul class="nav-primary">{m.menu(14)}</ul></div><div id="content" class="article"><div class="alpha"><div id="js-article-text" class="article-text wide"><h2>{m.title}</h2><p class="author-section">By {m.chrome("Maya Lind")}</p><div class="shareArticles">{m.shares()}</div><div itemprop="articleBody">{body}</div></div><div class="column-content"><div class="reader-comments">{m.comments(8)}</div></div></div>'
        f'<div class="beta"><div class="puff">{m.headline_links(25, "<div class=item>{}</div>", teaser=True)}</div></div></div><div class="page-footer">{m.footer_links()}</div>'
    )


@layout
def custom_elements(m: Maker) -> Page:
    return m.finish(
        f"<site-header><site-menu><ul>{m.menu()}</ul></site-menu></site-header><site-main><story-page><story-head><h1>{m.title}</h1><story-author>{m.chrome('Maya Lind')}</story-author></story-head><story-body>{m.amid(m.p(), f'<story-teasers><h4>More</h4><ul>{m.headline_links(3)}</ul></story-teasers>')}</story-body><share-bar>{m.shares()}</share-bar></story-page><teaser-list>{m.headline_links(6, '<teaser-card>{}</teaser-card>', teaser=True)}</teaser-list></site-main><site-footer>{m.footer_links()}</site-footer>"
    )


@layout
def journal(m: Maker) -> Page:
    references = "".join(
        f'<li class="c-article-references__item"><p class="c-article-references__text">{m.words(6, 12)} {m.cite("https://doi.example/x", inside=False)}</p></li>'
        for _ in range(9)
    )
    return m.finish(
        f'<div class="u-skip"><a href="#main">Skip</a></div><header class="c-header"><ul class="c-header__menu">{m.menu(6)}</ul></header><div class="u-container" id="content"><main class="c-article-main-column"><article><div class="c-article-header"><ul class="c-article-identifiers"><li>{m.chrome("Open access")}</li></ul><h1>{m.title}</h1><ul class="c-article-author-list">{m.menu(3)}</ul></div><div class="c-article-body">{"".join(f"<section><div class=c-article-section><h2>{topic}</h2>{chr(10).join(m.p(2, 4))}</div></section>" for topic in TOPICS[:4])}'
        f'<section><div id="Bib1-section" class="c-article-section"><h2>References</h2><ol class="c-article-references">{references}</ol></div></section><section><h2>Rights and permissions</h2><p>{m.sentence()} {m.chrome("Reprints")}</p></section></div></article></main><aside class="c-article-extras"><div class="c-reading-companion">{m.headline_links(5, "<div>{}</div>")}</div></aside></div><footer class="c-footer">{m.footer_links()}</footer>'
    )


@layout
def standfirst_and_notes(m: Maker) -> Page:
    lead = f'<p class="lead">{m.words(5, 8)} {m.cite()} {m.words(3, 6)}.</p>'
    quote = f'<aside class="pullquote"><p>{m.words(5, 9)} {m.cite()} {m.words(3, 6)}</p></aside>'
    follow = f"<p>Follow us on {m.chrome('Twitter', inside=False)} and {m.chrome('Facebook', inside=False)}.</p>"
    notes = "".join(
        f'<li id="fn{n}">{m.words(3, 6)}, {m.cite(inside=False)} <a href="#ref{n}">↩</a></li>'
        for n in range(1, 6)
    )
    wrapped = m.rng.choice(
        (
            '<aside id="footnotes" role="doc-endnotes"><ol>{}</ol></aside></article>',
            '<footer class="footnotes"><ol>{}</ol></footer></article>',
            '</article><div class="footnotes"><ol>{}</ol></div>',
            '</article><section id="references"><h2>References</h2><ol>{}</ol></section>',
            '</article><footer><div class="footnotes"><ol>{}</ol></div></footer>',
        )
    ).format(notes)
    return m.finish(
        f"<header><nav><ul>{m.menu()}</ul></nav></header><main><article><header><h1>{m.title}</h1>{lead}"
        f"<p>By {m.chrome('Maya Lind', path='author/maya')}</p></header>{m.amid(m.p(), quote, follow)}{wrapped}</main>"
        f"<footer>{m.footer_links()}</footer>"
    )
