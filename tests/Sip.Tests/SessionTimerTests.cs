using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Tests;

/// <summary>Session timers (RFC 4028): who refreshes, when, and what happens without.</summary>
public sealed class SessionTimerTests
{
    private readonly Wire wire = new();

    // RFC 4028 section 9, table 2, and what JsSIP sends.
    [Theory]
    [InlineData("timer", "90", "uac", false, "timer")]
    [InlineData("timer", "1800;refresher=uac", "uac", false, "timer")]
    [InlineData("timer", "1800;refresher=uas", "uas", true, "timer")]
    [InlineData("100rel", "1800", "uas", true, null)]
    [InlineData("100rel", "20", "uas", true, null)]
    public void An_invite_says_who_refreshes(string supported, string expires, string refresher, bool weRefresh, string? required)
    {
        var answer = Answered($"Supported: {supported}\nSession-Expires: {expires}\n");
        var seconds = Math.Max(90, int.Parse(expires.Split(';')[0], System.Globalization.CultureInfo.InvariantCulture));
        (answer.Get(HeaderId.SessionExpires), answer.Get(HeaderId.Require)).ShouldBe(($"{seconds};refresher={refresher}", required));
        SessionTimer.Asked(Parse($"Supported: {supported}\nx: {expires}\n")).ShouldBe(new SessionTerms(seconds, weRefresh)); // compact form
    }

    [Fact]
    public void Without_session_expires_there_is_no_timer()
    {
        var answer = Answered("Supported: timer\n");
        (answer.Has(HeaderId.SessionExpires), answer.Has(HeaderId.Require)).ShouldBe((false, false));
    }

    [Theory]
    [InlineData("89")]
    [InlineData("0")]
    public void Too_brief_a_session_gets_422_and_the_least(string seconds)
    {
        var b = wire.Add("198.51.100.2:5060");
        b.Inject(TwoStations.Request("INVITE", contact: "<sip:x@192.0.2.99>", extra: $"Supported: timer\nSession-Expires: {seconds}\n", contentType: "application/sdp", body: Phone.Sdp));
        var refused = wire.Sent[^1].Message;
        (refused.StatusCode, refused.Get(HeaderId.MinSe)).ShouldBe((422, "90"));
        b.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("x")]
    [InlineData("99999999999999999999")]
    [InlineData("-5")]
    [InlineData("")]
    public void Nonsense_is_no_timer(string value) => SessionTimer.Asked(Parse($"Supported: timer\nSession-Expires: {value}\n")).ShouldBeNull();

    [Fact]
    public void The_caller_refreshes_by_update_at_half_the_time_and_both_stay()
    {
        var (a, b, call) = Talk(90, 1800);
        wire.Sent.First(p => p.Name == "INVITE").Message.Get(HeaderId.SessionExpires).ShouldBe("90;refresher=uac");
        wire.Pass(44);
        wire.Names.ShouldNotContain("UPDATE");
        wire.Pass(200);
        wire.Names.Count(n => n == "UPDATE").ShouldBe(5);
        wire.Sent.Last(p => p.Name == "200 UPDATE").Message.Get(HeaderId.SessionExpires).ShouldBe("90;refresher=uac");
        (call.IsEnded, b.Call.IsEnded).ShouldBe((false, false));
        a.EventsOf(call).ShouldNotContain(e => e is CallUpdated);
        b.EventsOf(b.Call).ShouldNotContain(e => e is CallOffer);
    }

    [Fact]
    public void Who_takes_no_update_is_refreshed_by_a_reinvite_with_the_same_description()
    {
        var a = wire.Add("198.51.100.1:5060", sessionSeconds: 90);
        var call = a.Invite(new UacInvite { Target = "sip:1@192.0.2.99" });
        wire.Settle();
        var invite = wire.Sent.Single(p => p.Name == "INVITE").Message;
        a.Inject(Answer(invite, "Allow: INVITE, ACK, BYE\nSession-Expires: 90;refresher=uac\n"));
        wire.Pass(46);
        var refresh = wire.Sent.Last(p => p.Name == "INVITE").Message;
        (refresh.Sdp, refresh.ToTag).ShouldBe((Phone.Sdp, "peer"));
        a.Inject(Answer(refresh, "Session-Expires: 90;refresher=uac\n"));
        wire.Names.Count(n => n == "ACK").ShouldBe(2);
        a.EventsOf(call).OfType<CallAnswered>().ShouldHaveSingleItem();
        wire.Pass(30);
        call.IsEnded.ShouldBeFalse();
    }

    [Fact]
    public void Without_the_peers_refresh_the_call_ends_a_third_before_the_time()
    {
        var b = wire.Add("198.51.100.2:5060");
        b.OnCall = c => c.Answer(Phone.Sdp);
        Established(b, "Supported: timer\nSession-Expires: 90;refresher=uac\n");
        wire.Pass(59);
        b.Call.IsEnded.ShouldBeFalse();
        wire.Pass(2);
        b.EndOf(b.Call).Cause.ShouldBe(SipEndCause.SessionExpired);
        wire.Names.ShouldContain("BYE");
    }

    [Fact]
    public void A_refresh_of_the_peer_begins_the_time_anew()
    {
        var b = wire.Add("198.51.100.2:5060");
        b.OnCall = c => c.Answer(Phone.Sdp);
        var ok = Established(b, "Supported: timer\nSession-Expires: 90;refresher=uac\n");
        wire.Pass(45);
        b.Inject(TwoStations.Request("UPDATE", ok.ToTag, "<sip:x@192.0.2.99>", "Supported: timer\nSession-Expires: 90;refresher=uac\n", "z9hG4bKup").Replace("CSeq: 1 ", "CSeq: 2 ", StringComparison.Ordinal));
        wire.Sent[^1].Message.Get(HeaderId.SessionExpires).ShouldBe("90;refresher=uac");
        wire.Pass(59);
        b.Call.IsEnded.ShouldBeFalse();
        wire.Pass(2);
        b.Call.IsEnded.ShouldBeTrue();
    }

    [Fact]
    public void A_422_is_asked_again_with_what_it_wants()
    {
        var a = wire.Add("198.51.100.1:5060", sessionSeconds: 90);
        a.Invite(new UacInvite { Target = "sip:1@192.0.2.99" });
        wire.Settle();
        var first = wire.Sent.Single(p => p.Name == "INVITE").Message;
        a.Inject(Answer(first, "Min-SE: 600\n", "422 Session Interval Too Small"));
        var again = wire.Sent.Last(p => p.Name == "INVITE").Message;
        (again.Get(HeaderId.SessionExpires), again.CallId, again.CSeq).ShouldBe(("600;refresher=uac", first.CallId, 2u));
    }

    [Fact]
    public void A_peer_that_never_answers_a_refresh_ends_the_call_and_nothing_is_left()
    {
        var (a, b, call) = Talk(90, 1800);
        wire.Lose = p => p.Name is "UPDATE" or "BYE";
        wire.Pass(90);
        a.EndOf(call).Cause.ShouldBe(SipEndCause.DialogGone);
        wire.Lose = _ => false;
        b.Call.Bye();
        wire.Pass(100);
        (a.Agent.Transactions.Count, a.Agent.CallCount, b.Agent.CallCount).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void A_lost_websocket_puts_the_end_off_by_one_interval()
    {
        var (a, call, flow) = TalkByWebSocket();
        flow.Broken = true;
        wire.Pass(178);
        call.IsEnded.ShouldBeFalse();
        wire.Names.ShouldNotContain("UPDATE");
        wire.Pass(3);
        a.EndOf(call).Cause.ShouldBe(SipEndCause.SessionExpired);
        a.Agent.CallCount.ShouldBe(0);
    }

    [Fact]
    public void A_websocket_that_comes_back_in_time_is_refreshed_by_what_the_peer_sends_next()
    {
        var (a, call, flow) = TalkByWebSocket();
        flow.Broken = true;
        wire.Pass(50);
        var back = new MemoryFlow(wire, a.EndPoint, flow.Remote, SipTransport.Ws);
        var ok = wire.Sent.First(p => p.Name == "200 INVITE").Message;
        a.Agent.Receive(System.Text.Encoding.UTF8.GetBytes(
            TwoStations.Request("INFO").Replace("From: <sip:x@example.org>;tag=ft", $"From: {ok.Get(HeaderId.To)}", StringComparison.Ordinal)
                .Replace("To: <sip:1@198.51.100.2>", $"To: {ok.Get(HeaderId.From)}", StringComparison.Ordinal)
                .Replace("Call-ID: c1", $"Call-ID: {ok.CallId}", StringComparison.Ordinal).ReplaceLineEndings("\r\n")), back);
        wire.Settle();
        wire.Pass(100);
        wire.Names.ShouldContain("200 UPDATE");
        call.IsEnded.ShouldBeFalse();
    }

    private (Station A, UacCall Call, MemoryFlow Flow) TalkByWebSocket()
    {
        var a = wire.Add("198.51.100.1:5060", sessionSeconds: 90);
        var b = wire.Add("198.51.100.2:5060");
        b.OnCall = c => c.Answer(Phone.Sdp);
        var flow = new MemoryFlow(wire, a.EndPoint, b.EndPoint, SipTransport.Ws);
        var call = a.Invite(new UacInvite { Target = "sip:1@x.invalid", Flow = flow });
        wire.Settle();
        return (a, call, flow);
    }

    private (Station A, Station B, UacCall Call) Talk(int sessionA, int sessionB)
    {
        var a = wire.Add("198.51.100.1:5060", sessionSeconds: sessionA);
        var b = wire.Add("198.51.100.2:5060", sessionSeconds: sessionB);
        b.OnCall = c => c.Answer(Phone.Sdp);
        var call = a.Invite(new UacInvite { Target = "sip:1@198.51.100.2" });
        wire.Settle();
        return (a, b, call);
    }

    private SipMessage Answered(string extra)
    {
        var b = wire.Add("198.51.100.2:5060");
        b.OnCall = c => c.Answer(Phone.Sdp);
        return Established(b, extra);
    }

    // An INVITE with these headers, answered and acknowledged: our 200.
    private SipMessage Established(Station b, string extra)
    {
        b.Inject(TwoStations.Request("INVITE", contact: "<sip:x@192.0.2.99>", extra: extra, contentType: "application/sdp", body: Phone.Sdp));
        var ok = wire.Sent.Last(p => p.Name == "200 INVITE").Message;
        b.Inject(TwoStations.Request("ACK", ok.ToTag));
        return ok;
    }

    private static SipMessage Parse(string extra) => SipParser.Parse(
        System.Text.Encoding.UTF8.GetBytes(TwoStations.Request("INVITE", contact: "<sip:x@192.0.2.99>", extra: extra).ReplaceLineEndings("\r\n")), out _)!;

    private static string Answer(SipMessage request, string extra, string status = "200 OK") =>
        $"SIP/2.0 {status}\nVia: {request.Get(HeaderId.Via)}\nFrom: {request.Get(HeaderId.From)}\nTo: {request.Get(HeaderId.To)}{(request.ToTag is null ? ";tag=peer" : "")}\n"
        + $"Call-ID: {request.CallId}\nCSeq: {request.CSeq} INVITE\nContact: <sip:1@192.0.2.99>\n{extra}Content-Type: application/sdp\nContent-Length: {Phone.Sdp.Length}\n\n{Phone.Sdp}";
}
