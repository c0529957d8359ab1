using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Tests;

/// <summary>A phone whose connection is at one endpoint is called by another (RFC 5626 section 5.3), over real connections.</summary>
public sealed class EdgeTests : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<IPEndPoint, bool> Peers = new();
    private readonly Registrar registrar = new(
        new RegistrarOptions
        {
            Realm = "r", Credentials = user => user == "1001" ? Ha1.From("1001", "r", "secret") : null,
            Bearer = new BearerAuthenticator("r", token => token == "t" ? new("anna", 1, TimeProvider.System.GetUtcNow().AddMinutes(5)) : null),
        },
        TimeProvider.System);

    private readonly Phone edge, anchor;

    public EdgeTests()
    {
        edge = new Phone(registrar, isPeer: IsPeer);
        anchor = new Phone(isPeer: IsPeer);
        Peers[anchor.Endpoint.LocalEndPoint] = true;
    }

    private static bool IsPeer(IPEndPoint address) => address.Port == 0 || Peers.ContainsKey(address);

    private string Route => edge.Endpoint.RouteTo(registrar.All.ShouldHaveSingleItem().Flow).ShouldNotBeNull();

    public async ValueTask DisposeAsync()
    {
        await edge.DisposeAsync();
        await anchor.DisposeAsync();
    }

    private UacCall CallBrowser() => anchor.Call(new UacInvite { Target = "sip:tab@x.invalid;transport=ws", To = "<sip:anna@callcenter>", Route = Route });

    private static async Task<WebSocketPeer> Browser(Phone at)
    {
        var peer = await WebSocketPeer.Open(at.Endpoint);
        (await peer.Register("anna", "t")).StatusCode.ShouldBe(200);
        return peer;
    }

    [Fact]
    public async Task A_phone_on_tcp_is_called_through_it_talks_and_either_side_ends()
    {
        await using var phone = new Phone();
        var registration = phone.Endpoint.Register(new SipRegistrationOptions { Registrar = edge.Endpoint.Uri + ";transport=tcp", User = "1001", Password = "secret" });
        (await registration.FirstResult.Soon()).Code.ShouldBe(200);
        foreach (var phoneEnds in new[] { false, true })
        {
            var outgoing = anchor.Call(new UacInvite { Target = registrar.Find("1001")[0].Contact, Route = Route });
            var incoming = await phone.NextCallAsync();
            incoming.Offer.ShouldBe(Phone.Sdp);
            incoming.Ringing();
            (await anchor.NextAsync<CallProgress>(outgoing)).Code.ShouldBe(180);
            incoming.Answer(Phone.Sdp);
            (await anchor.NextAsync<CallAnswered>(outgoing)).Sdp.ShouldBe(Phone.Sdp);
            await phone.NextAsync<CallAcknowledged>(incoming);
            outgoing.SendDtmf('5', 100);
            (await phone.NextAsync<CallInfo>(incoming)).Digit.ShouldBe('5');
            incoming.Reinvite(Phone.Sdp + "a=sendonly\r\n");
            (await anchor.NextAsync<CallOffer>(outgoing)).Accept(Phone.Sdp);
            await phone.NextAsync<CallAnswered>(incoming);
            await anchor.NextAsync<CallAcknowledged>(outgoing);
            SipCall first = phoneEnds ? incoming : outgoing;
            first.Bye();
            (await anchor.NextAsync<CallEnded>(outgoing)).Cause.ShouldBe(phoneEnds ? SipEndCause.RemoteBye : SipEndCause.LocalBye);
            (await phone.NextAsync<CallEnded>(incoming)).Cause.ShouldBe(phoneEnds ? SipEndCause.LocalBye : SipEndCause.RemoteBye);
        }

        (edge.Endpoint.CallCount, edge.Endpoint.TransactionCount).ShouldBe((0, 0));
        await registration.StopAsync().Soon();
    }

    [Fact]
    public async Task A_call_that_is_taken_back_or_refused_ends_on_both_sides()
    {
        await using var browser = await Browser(edge);
        var first = CallBrowser();
        var invite = await browser.ReceiveMessage();
        (invite.Get(HeaderId.MaxForwards), invite.Get(HeaderId.Route)).ShouldBe(("69", null));
        await browser.Send(Answered(invite, "180 Ringing"));
        await anchor.NextAsync<CallProgress>(first);
        first.Cancel();
        var cancel = await browser.ReceiveMessage();
        (cancel.Method, cancel.GetAll(HeaderId.Via)[0]).ShouldBe((SipMethod.Cancel, invite.GetAll(HeaderId.Via)[0]));
        await browser.Send(Answered(cancel, "200 OK"));
        await browser.Send(Answered(invite, "487 Request Terminated"));
        (await anchor.NextAsync<CallEnded>(first)).Code.ShouldBe(487);
        (await browser.ReceiveMessage()).Method.ShouldBe(SipMethod.Ack);

        var second = CallBrowser();
        await browser.Send(Answered(await browser.ReceiveMessage(), "486 Busy Here"));
        (await anchor.NextAsync<CallEnded>(second)).Code.ShouldBe(486);
    }

    [Fact]
    public async Task A_browser_that_comes_back_gets_what_belongs_to_its_call_and_one_that_does_not_has_failed()
    {
        var browser = await Browser(edge);
        var call = CallBrowser();
        await browser.Send(Answered(await browser.ReceiveMessage(), "200 OK", Phone.Sdp));
        await anchor.NextAsync<CallAnswered>(call);
        (await browser.ReceiveMessage()).Method.ShouldBe(SipMethod.Ack);
        var old = Route;
        await browser.DisposeAsync();
        var lost = anchor.Call(new UacInvite { Target = "sip:tab@x.invalid;transport=ws", Route = old });
        (await anchor.NextAsync<CallEnded>(lost)).Code.ShouldBe(430);

        await using var again = await Browser(edge);
        Route.ShouldNotBe(old);
        call.Bye();
        var bye = await again.ReceiveMessage();
        if (bye.Method == SipMethod.Ack)
        {
            // That of the 430, which may arrive when the browser is back.
            bye = await again.ReceiveMessage();
        }

        bye.Method.ShouldBe(SipMethod.Bye);
        await again.Send(Answered(bye, "200 OK"));
        (await anchor.NextAsync<CallEnded>(call)).Cause.ShouldBe(SipEndCause.LocalBye);
    }

    [Fact]
    public async Task A_phone_reaches_nobody_but_its_peer_within_a_call_and_by_its_own_connection()
    {
        await using var browser = await Browser(edge);
        await using var other = await WebSocketPeer.Open(edge.Endpoint);
        await using var victim = new Phone();
        var own = Route.Trim('<', '>');
        (await Asks(browser, "INVITE", anchor.UriOf("1"), own, inCall: false)).ShouldBe(403); // no call begins this way
        (await Asks(browser, "BYE", victim.UriOf("1"), own, inCall: true)).ShouldBe(403); // not to a stranger
        (await Asks(browser, "BYE", anchor.UriOf("1"), $"{own}>, <sip:{victim.Endpoint.LocalEndPoint};lr", inCall: true)).ShouldBe(403); // nor by one
        (await Asks(browser, "BYE", anchor.UriOf("1"), own, inCall: true)).ShouldBe(481); // the anchor's answer
        Peers.TryRemove(anchor.Endpoint.LocalEndPoint, out _);
        (await Asks(browser, "BYE", anchor.UriOf("1"), own, inCall: true)).ShouldBe(403);
    }

    [Fact]
    public async Task Random_requests_and_answers_with_its_names_harm_nobody()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var browser = await Browser(edge);
        var token = Route.Trim('<', '>');
        for (var n = 0; n < 2000; n++)
        {
            var text = random.Next(2) == 0
                ? $"{Pick("INVITE", "BYE", "ACK", "CANCEL", "FOO")} {Pick(anchor.UriOf("1"), "sip:x", "tel:1", "sip:[::1]:x")} SIP/2.0\n{Via()}Route: {Pick($"<{token}>", token, $"<{token}>,<{token}>", "<sip:flow-@x;lr>", "<sip:flow-" + new string('a', 32) + "@x>")}\n{Rest()}"
                : $"SIP/2.0 {Pick("200 OK", "180 x", "487 y", "99 z")}\n{Via()}{Via()}{Rest()}";
            await browser.Send(text);
        }

        await browser.Send(Request("OPTIONS", "sip:edge", null, inCall: false));
        while ((await browser.ReceiveMessage()) is not { IsRequest: false, CSeqMethod: SipMethod.Options })
        {
        }

        string Pick(params string[] of) => of[random.Next(of.Length)];
        string Via() => Pick("", $"Via: SIP/2.0/WS x.invalid;branch=z9hG4bK{random.Next()}\n", $"Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKedge.{Pick("", "ff", new string('b', 32))}.z9hG4bK1\n", "Via: x\n");
        string Rest() => $"Max-Forwards: {Pick("0", "1", "70", "x")}\nFrom: <sip:a@b>;tag=f\nTo: <sip:c@d>{Pick("", ";tag=t")}\nCall-ID: {random.Next()}\nCSeq: 1 {Pick("INVITE", "BYE")}\nContent-Length: 0\n\n";
    }

    private static async Task<int> Asks(WebSocketPeer browser, string method, string uri, string route, bool inCall)
    {
        await browser.Send(Request(method, uri, route, inCall));
        return (await browser.ReceiveMessage()).StatusCode;
    }

    private static string Request(string method, string uri, string? route, bool inCall) =>
        $"{method} {uri} SIP/2.0\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK{Guid.NewGuid():N}\nMax-Forwards: 70\n{(route is null ? "" : $"Route: <{route}>\n")}"
        + $"From: <sip:anna@callcenter>;tag=f\nTo: <sip:x@y>{(inCall ? ";tag=z" : "")}\nCall-ID: {Guid.NewGuid():N}\nCSeq: 1 {method}\nContact: <sip:tab@x.invalid>\nContent-Length: 0\n\n";

    // As a phone answers: all Vias and Record-Routes back.
    private static string Answered(SipMessage request, string status, string sdp = "") =>
        WebSocketTests.Answer(request, status, sdp).Replace(
            $"Via: {request.Get(HeaderId.Via)}\n",
            string.Concat(request.GetAll(HeaderId.Via).Select(v => $"Via: {v}\n")) + string.Concat(request.GetAll(HeaderId.RecordRoute).Select(r => $"Record-Route: {r}\n")), StringComparison.Ordinal);
}
