using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Sdp;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Phones;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>An agent's leg to a browser, alone and beside a phone.</summary>
[Trait("needs", "server")]
public sealed class BrowserLegTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = RunningGateway.Soon;
    private readonly TemporaryFolder folder = new();
    private RunningGateway gateway = null!;
    private TestCaller caller = null!;
    private BrowserPhone browser = null!;

    private Guid Agent => gateway.Setup.Phones[0].Agent;

    public async ValueTask InitializeAsync()
    {
        gateway = await RunningGateway.Start(folder.Path, null, ("Telephony:MediaTimeoutSeconds", "3"), ("Telephony:BrowserTimeoutSeconds", "3"));
        caller = new TestCaller(gateway.Sip);
        browser = await Window(1);
        await gateway.Events.Next<DeviceReachable>(Agent);
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        await caller.DisposeAsync();
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_browser_is_rung_with_an_offer_of_dtls_and_answers()
    {
        var (call, leg) = await Offer();
        var invite = await browser.Next();
        (invite.Method, invite.RequestUri).ShouldBe((SipMethod.Invite, browser.Contact));
        invite.Get(HeaderId.Via).ShouldNotBeNull().ShouldStartWith("SIP/2.0/WS ");
        SdpSession.TryParse(invite.Sdp.ShouldNotBeNull(), out var offer, out _).ShouldBeTrue();
        var audio = offer.Media.ShouldHaveSingleItem();
        audio.Protocol.ShouldBe("UDP/TLS/RTP/SAVPF");
        offer.Attributes.ShouldContain(new SdpAttribute("ice-lite", null));
        (audio.Attribute("setup"), audio.Attribute("rtcp-mux")).ShouldBe(("actpass", ""));
        audio.Attribute("fingerprint").ShouldNotBeNull().ShouldStartWith("sha-256 ");
        audio.Attribute("candidate").ShouldNotBeNull().ShouldEndWith($"127.0.0.1 {audio.Port} typ host");
        audio.Formats.ShouldBe(["8", "0", "101"]);

        await browser.Answer(invite, 180);
        await gateway.Events.Next<LegRinging>(call.Contact);
        await browser.Answer(invite, 200, Sdp(offer));
        await gateway.Events.Next<LegAccepted>(call.Contact, e => e.Leg == leg);
        (await browser.Next()).Method.ShouldBe(SipMethod.Ack);
    }

    [Fact]
    public async Task An_answer_that_does_not_secure_its_media_is_not_taken()
    {
        var (call, _) = await Offer();
        var invite = await browser.Next();
        await browser.Answer(invite, 200, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n");
        (await gateway.Events.Next<LegRefused>(call.Contact)).SipStatus.ShouldBe(488);
        (await browser.Next()).Method.ShouldBe(SipMethod.Ack);
        (await browser.Next()).Method.ShouldBe(SipMethod.Bye);
    }

    [Fact]
    public async Task Phone_and_browser_ring_at_once_and_the_first_to_answer_has_it()
    {
        await using var phone = await TestPhone.Register(gateway.Sip, "1001", "secret");
        phone.WhenRinging = WhenRinging.Ring;
        var (call, leg) = await Offer();
        var invite = await browser.Next();
        await browser.Answer(invite, 180);
        var rings = await phone.NextCall(Soon);
        rings.Incoming!.Offer.ShouldNotBeNull().ShouldContain("RTP/AVP");
        rings.Accept();
        await gateway.Events.Next<LegAccepted>(call.Contact, e => e.Leg == leg);
        (await browser.Next()).Method.ShouldBe(SipMethod.Cancel);
    }

    [Fact]
    public async Task The_browser_answers_and_the_phone_stops_ringing()
    {
        await using var phone = await TestPhone.Register(gateway.Sip, "1001", "secret");
        phone.WhenRinging = WhenRinging.Ring;
        var (call, leg) = await Offer();
        var rings = await phone.NextCall(Soon);
        var invite = await browser.Next();
        SdpSession.TryParse(invite.Sdp!, out var offer, out _).ShouldBeTrue();
        await browser.Answer(invite, 200, Sdp(offer));
        await gateway.Events.Next<LegAccepted>(call.Contact, e => e.Leg == leg);
        await rings.WhenEnded(Soon);
    }

    [Fact]
    public async Task Only_the_newest_window_rings()
    {
        await using var newer = await Window(2);
        var (call, _) = await Offer();
        (await newer.Next()).Method.ShouldBe(SipMethod.Invite);
        (await browser.Closed()).Code.ShouldBe(4001);
    }

    [Fact]
    public async Task A_window_that_closes_while_it_rings_is_unreachable()
    {
        var (call, _) = await Offer();
        await browser.Answer(await browser.Next(), 180);
        await browser.DisposeAsync();
        (await gateway.Events.Next<LegRefused>(call.Contact)).Refusal.ShouldBe(LegRefusal.Unreachable);
    }

    [Fact]
    public async Task A_browser_that_answers_and_sends_no_media_is_lost_whatever_its_socket_does()
    {
        var (call, leg) = await Offer();
        var invite = await browser.Next();
        SdpSession.TryParse(invite.Sdp!, out var offer, out _).ShouldBeTrue();
        await browser.Answer(invite, 200, Sdp(offer));
        await gateway.Events.Next<LegAccepted>(call.Contact, e => e.Leg == leg);
        await gateway.Done(call, 1, new TakeControl(ControlHolder.Routing));
        await gateway.Done(call, 2, new ConnectAgent(leg, null));
        await browser.DisposeAsync();
        (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg, TimeSpan.FromSeconds(20))).End.ShouldBe(LegEnd.Lost);
        gateway.Events.All.OfType<CallClosed>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Caller_and_browser_hear_each_other_and_go_on_when_the_socket_is_lost()
    {
        var (call, leg, outside) = await Answered();
        var invite = await browser.Next();
        await using var audio = new BrowserAudio(hertz: 1500);
        await browser.Answer(invite, 200, audio.Answer(invite.Sdp!));
        await Connect(call, leg);
        await outside.Audio.Hears(1500, Soon);
        await audio.Hears(440, Soon);

        // The socket is lost: signalling is missing, audio is not.
        var events = gateway.Events.All.Count(e => e is LegEnded);
        await browser.DisposeAsync();
        await gateway.Events.Next<DeviceUnreachable>(Agent);
        await outside.Audio.Hears(1500, Soon);
        await audio.Hears(440, Soon);
        gateway.Events.All.Count(e => e is LegEnded).ShouldBe(events);

        // The page is left: the gateway needs no BYE to see it.
        audio.Leave();
        (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg, TimeSpan.FromSeconds(10))).End.ShouldBe(LegEnd.Lost);
    }

    [Fact]
    public async Task A_browser_that_falls_silent_is_lost_and_the_caller_stays()
    {
        var (call, leg, outside) = await Answered();
        var invite = await browser.Next();
        await using (var audio = new BrowserAudio(hertz: 1500))
        {
            await browser.Answer(invite, 200, audio.Answer(invite.Sdp!));
            await Connect(call, leg);
            await outside.Audio.Hears(1500, Soon);
        }
        (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg, TimeSpan.FromSeconds(20))).End.ShouldBe(LegEnd.Lost);
        gateway.Events.All.OfType<CallClosed>().ShouldBeEmpty();
        (await gateway.Events.Next<ControlChanged>(call.Contact, e => e.Holder == ControlHolder.Ivr && e.Epoch > 2)).ShouldNotBeNull();
    }

    [Fact]
    public async Task At_another_pc_the_newest_page_has_the_conversation_and_its_recording_and_the_old_one_never_answers()
    {
        var (call, leg, outside) = await Answered();
        await using var before = new BrowserAudio(hertz: 1500);
        var invite = await browser.Next();
        invite.Get("Answer-Mode").ShouldBeNull();
        await browser.Answer(invite, 200, before.Answer(invite.Sdp!));
        var recording = Guid.CreateVersion7();
        await Connect(call, leg, recording);
        await outside.Audio.Hears(1500, Soon);

        await using var other = await Window(2);
        (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg)).End.ShouldBe(LegEnd.Lost);
        (await browser.Closed()).Code.ShouldBe(4001);
        await using var wrong = await BrowserPhone.Open(gateway.Http);
        (await wrong.Register(Agent.ToString(), gateway.Services.GetRequiredService<TokenIssuer>().IssueForSip(Agent, 1).Token)).StatusCode.ShouldBe(403);

        var back = Guid.CreateVersion7();
        await gateway.Done(call, 0, new OfferLeg(back, Agent, 20_000) { Resumes = true });
        var again = await other.Next();
        again.Get("Answer-Mode").ShouldBe("Auto");
        await using var after = new BrowserAudio(hertz: 1800);
        await other.Answer(again, 200, after.Answer(again.Sdp!));
        await Connect(call, back, Guid.CreateVersion7(), epoch: 3);
        await outside.Audio.Hears(1800, Soon);
        await after.Hears(440, Soon);

        outside.HangUp();
        (await gateway.Events.Next<RecordingEnded>(call.Contact)).ShouldSatisfyAllConditions(e => e.Recording.ShouldBe(recording), e => e.Leg.ShouldBe(back));
        (await gateway.Events.Whole(call.Contact)).Count(name => name == nameof(RecordingStarted)).ShouldBe(1);
    }

    private async Task Connect(CallArrived call, Guid leg, Guid? recording = null, int epoch = 1)
    {
        await gateway.Events.Next<LegAccepted>(call.Contact, e => e.Leg == leg);
        await gateway.Done(call, epoch, new TakeControl(ControlHolder.Routing));
        await gateway.Done(call, epoch + 1, new ConnectAgent(leg, recording));
    }

    private async Task<BrowserPhone> Window(long epoch)
    {
        var window = await BrowserPhone.Open(gateway.Http);
        var token = gateway.Services.GetRequiredService<TokenIssuer>().IssueForSip(Agent, epoch).Token;
        (await window.Register(Agent.ToString(), token)).StatusCode.ShouldBe(200);
        return window;
    }

    private async Task<(CallArrived Call, Guid Leg)> Offer()
    {
        var (call, leg, _) = await Answered();
        return (call, leg);
    }

    private async Task<(CallArrived Call, Guid Leg, PhoneCall Outside)> Answered()
    {
        var outside = caller.Call(RunningGateway.Number);
        var call = await gateway.Events.Next<CallArrived>();
        await gateway.Done(call, 0, new TakeControl(ControlHolder.Ivr));
        await gateway.Done(call, 1, new AnswerCall());
        await outside.WhenAnswered(Soon);
        var leg = Guid.CreateVersion7();
        await gateway.Done(call, 0, new OfferLeg(leg, Agent, 20_000));
        return (call, leg, outside);
    }

    // What a browser without gathered candidates answers.
    private static string Sdp(SdpSession offer) =>
        $"v=0\r\no=- {offer.SessionId} 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 8 101\r\na=rtcp-mux\r\n"
        + "a=ice-ufrag:Gf9X\r\na=ice-pwd:k3JtQ0sWc5v8y2B7n4Zr6LpX\r\na=setup:active\r\na=sendrecv\r\na=rtpmap:101 telephone-event/8000\r\n"
        + $"a=fingerprint:sha-256 {string.Join(':', Enumerable.Repeat("AB", 32))}\r\n";
}
