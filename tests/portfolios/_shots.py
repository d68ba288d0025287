import datetime, os
import pytest
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]="1"
from django.urls import reverse
@pytest.mark.django_db(transaction=True)
def test_shots(live_server, alder, within, add, make_ready, hand_in, criteria, signed_in, request):
    from playwright.sync_api import sync_playwright
    from portfolios.actions import make_claim, close_submission, withdraw_claim, withdraw_evidence
    from portfolios.models import Claim, EvidenceVersion
    from django.db import connections
    from tests.portfolios.samples import pdf_number
    slug=alder.centre.slug; una=alder.una_registration; ted=alder.ted_registration
    unit=lambda r: reverse("portfolios:unit",args=[slug,r.pk,alder.assessment.pk])
    with within(alder.centre):
        e1=add(una,"Programme plan.pdf"); e2=add(una,"Recorded discussion.mp3",None) if False else add(una,"talk.mp3")
        e3=add(una,"photo.jpg"); e4=add(una,"A very long name of a document that someone has given to a reflective log of the third session with Client 2.docx", __import__("tests.portfolios.samples",fromlist=["DOCX"]).DOCX)
        for n,a,p,note in (("1.1","page",4,"The whole programme on one page"),("1.2","page",2,""),("2.2","whole",None,"")):
            make_claim(actor=alder.una,centre=alder.centre,evidence=e1,criterion=criteria[n],anchor=a,place=p,note=note)
        c=make_claim(actor=alder.una,centre=alder.centre,evidence=e2,criterion=criteria["3.2"],anchor="time",place=163,note="GROW")
        make_claim(actor=alder.una,centre=alder.centre,evidence=e2,criterion=criteria["3.1"],anchor="time",place=170)
        withdraw_claim(actor=alder.una,centre=alder.centre,claim=c)
        withdraw_evidence(actor=alder.una,centre=alder.centre,evidence=e3)
    urls=[("mine",alder.una,reverse("portfolios:mine",args=[slug])),("unit",alder.una,unit(una)),("evidence",alder.una,reverse("portfolios:evidence",args=[slug,e2.pk])),("withdrawn",alder.una,reverse("portfolios:evidence",args=[slug,e3.pk])),("notready",alder.una,reverse("portfolios:submit",args=[slug,una.pk,alder.assessment.pk]))]
    axe=__import__("pathlib").Path(".venv/lib/python3.11/site-packages/axe_playwright_python/axe.min.js").read_text()
    def shoot(browser, urls, ago=None):
        for name,who,url in urls:
            cl=signed_in(who, ago)
            for w in (1280,360):
                ctx=browser.new_context(viewport={"width":w,"height":800}, bypass_csp=False)
                ctx.add_cookies([{"name":"sessionid","value":cl.cookies["sessionid"].value,"url":live_server.url}])
                pg=ctx.new_page(); logs=[]
                pg.on("console", lambda m: logs.append(m.text)); pg.goto(live_server.url+url)
                pg.screenshot(path=f"/tmp/plan/shots/{name}-{w}.png", full_page=True)
                pg.evaluate(axe)
                r=pg.evaluate("axe.run()")
                print(name,w,"overflow",pg.evaluate("document.documentElement.scrollWidth>innerWidth"), [ (v["id"],[n["target"] for n in v["nodes"]][:3]) for v in r["violations"]], logs)
                ctx.close()
    os.makedirs("/tmp/plan/shots",exist_ok=True)
    with sync_playwright() as p:
        b=p.chromium.launch(executable_path="/usr/bin/chromium",args=["--no-sandbox","--disable-gpu","--disable-quic","--no-first-run","--disable-background-networking","--disable-component-update","--disable-sync"])
        shoot(b,urls)
        with within(alder.centre): make_ready(una,items=3)
        shoot(b,[("ready",alder.una,reverse("portfolios:submit",args=[slug,una.pk,alder.assessment.pk]))])
        with within(alder.centre): s=hand_in(una)
        shoot(b,[("submitted-unit",alder.una,unit(una)),("submission",alder.una,reverse("portfolios:submission",args=[slug,s.pk]))])
        with within(alder.centre): close_submission(actor=alder.pat,submission=s,outcome="referral",at=datetime.datetime.now(datetime.UTC))
        shoot(b,[("referred-unit",alder.una,unit(una)),("submission-pat",alder.pat,reverse("portfolios:submission",args=[slug,s.pk])),("unit-pat",alder.pat,unit(una)),("mine2",alder.una,reverse("portfolios:mine",args=[slug]))])
        with within(alder.centre): v=EvidenceVersion.objects.for_centre(alder.centre).get(evidence=e1); vid=v.pk
        # PDF in a frame under the sandbox
        b.close()
    connections["default"].close()
