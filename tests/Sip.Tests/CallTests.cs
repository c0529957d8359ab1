using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;

namespace CallCenter.Sip.Tests;

/// <summary>What the user agent core does where signalling crosses, forks or goes wrong (RFC 3261 sections 8, 9, 12 to 15).</summary>
public sealed class CallTests
{
    private readonly Wire wire = new();
    private readonly Station a;
    private readonly Station b;

    public CallTests()
    {
        a = wire.Add("198.51.100.1:5060");
        b = wire.Add("198.51.100.2:5060");
    }

    [Fact]
    public void A_cancel_before_any_response_waits_for_one()
    {
        wire.LoseFirst("100 INVITE", 2);
        var call = a.Invite(new UacInvite { Target = "sip:1@198.51.100.2" });
        call.Cancel();
        wire.Settle();
        wire.Names.ShouldNotContain("CANCEL"); // RFC 3261 section 9.1
        wire.Pass(3);
        wire.Names.ShouldContain("CANCEL");
        a.EndOf(call).Cause.ShouldBe(SipEndCause.Cancelled);
        b.EndOf(b.Call).Cause.ShouldBe(SipEndCause.Cancelled);
    }

    [Fact]
    public void A_cancel_that_crosses_the_200_is_answered_and_the_call_ended_by_bye()
    {
        var call = Ring();
        b.Call.Answer(Phone.Sdp);
        b.RunPosts();
        call.Cancel();
        a.RunPosts(); // the CANCEL leaves before the 200 arrives
        wire.Settle();
        wire.Names.ShouldBe(["INVITE", "100 INVITE", "180 INVITE", "200 INVITE", "CANCEL", "ACK", "BYE", "200 CANCEL", "200 BYE"], ignoreOrder: true);
        a.EndOf(call).Cause.ShouldBe(SipEndCause.Cancelled);
        b.EndOf(b.Call).Cause.ShouldBe(SipEndCause.RemoteBye);
        Quiet();
    }

    [Fact]
    public void A_cancel_that_nobody_answers_ends_the_call_after_32_seconds()
    {
        var call = Ring();
        wire.Lose = p => p.From.Equals(b.EndPoint);
        call.Cancel();
        wire.Pass(33);
        a.EndOf(call).Cause.ShouldBe(SipEndCause.Cancelled);
        wire.Pass(40);
        a.Agent.Transactions.Count.ShouldBe(0);
    }

    [Fact]
    public void A_cancel_for_an_unknown_invite_gets_481()
    {
        b.Inject(Request("CANCEL"));
        wire.Names.ShouldBe(["481 CANCEL"]);
    }

    [Fact]
    public void A_ring_timeout_takes_the_call_back()
    {
        b.OnCall = call => call.Ringing();
        var call = a.Invite(new UacInvite { Target = "sip:1@198.51.100.2", RingTimeout = TimeSpan.FromSeconds(20) });
        wire.Pass(21);
        var end = a.EndOf(call);
        (end.Cause, end.Code).ShouldBe((SipEndCause.Timeout, 408));
        b.EndOf(b.Call).Cause.ShouldBe(SipEndCause.Cancelled);
    }

    [Fact]
    public void A_silent_callee_is_given_up_at_the_ring_timeout_and_cancelled_should_it_wake()
    {
        b.OnCall = call => call.Ringing();
        wire.Lose = p => p.From.Equals(b.EndPoint);
        var call = a.Invite(new UacInvite { Target = "sip:1@198.51.100.2", RingTimeout = TimeSpan.FromSeconds(5) });
        wire.Pass(5.1);
        a.EndOf(call).Cause.ShouldBe(SipEndCause.Timeout);
        wire.Lose = _ => false;
        wire.Pass(5);
        b.EndOf(b.Call).Cause.ShouldBe(SipEndCause.Cancelled);
        a.EventsOf(call).ShouldHaveSingleItem();
        Quiet();
    }

    [Fact]
    public void A_header_that_cannot_be_written_is_reported_and_ends_the_call()
    {
        SipHeader[] forged = [new("X", "a\r\nVia: b")];
        var call = a.Invite(new UacInvite { Target = "sip:1@198.51.100.2", Headers = forged });
        wire.Settle();
        a.EndOf(call).Code.ShouldBe(500);
        a.Errors.ShouldHaveSingleItem();
        b.OnCall = incoming => incoming.Answer(Phone.Sdp, forged);
        var second = a.Invite(new UacInvite { Target = "sip:1@198.51.100.2" });
        wire.Settle();
        a.EndOf(second).Code.ShouldBe(480);
        b.Errors.ShouldHaveSingleItem();
    }

    [Fact]
    public void Byes_that_cross_are_both_answered_200()
    {
        var call = Talk();
        call.Bye();
        b.Call.Bye();
        wire.Settle();
        wire.Names.Count(n => n == "BYE").ShouldBe(2);
        wire.Names.Count(n => n == "200 BYE").ShouldBe(2);
        a.EventsOf(call).OfType<CallEnded>().ShouldHaveSingleItem().Cause.ShouldBe(SipEndCause.LocalBye);
        b.EventsOf(b.Call).OfType<CallEnded>().ShouldHaveSingleItem().Cause.ShouldBe(SipEndCause.LocalBye);
        Quiet();
    }

    [Fact]
    public void The_callees_bye_waits_for_the_ack()
    {
        b.OnCall = call =>
        {
            call.Answer(Phone.Sdp);
            call.Bye();
        };
        wire.LoseFirst("ACK");
        var call = a.Invite(new UacInvite { Target = "sip:1@198.51.100.2" });
        wire.Settle();
        b.EndOf(b.Call).Cause.ShouldBe(SipEndCause.LocalBye);
        wire.Names.ShouldNotContain("BYE"); // RFC 3261 section 15
        wire.Pass(1);
        a.EndOf(call).Cause.ShouldBe(SipEndCause.RemoteBye);
    }

    [Fact]
    public void A_bye_to_a_dialog_the_peer_has_lost_ends_without_fuss()
    {
        var call = Talk();
        b.Agent.Forget(b.Call);
        call.Bye();
        wire.Settle();
        wire.Names.ShouldContain("481 BYE");
        a.Agent.CallCount.ShouldBe(0);
        a.EndOf(call).Cause.ShouldBe(SipEndCause.LocalBye);
    }

    [Fact]
    public void An_info_to_a_dialog_the_peer_has_lost_ends_the_call()
    {
        var call = Talk();
        b.Agent.Forget(b.Call);
        call.SendDtmf('1');
        wire.Settle();
        a.EndOf(call).Cause.ShouldBe(SipEndCause.DialogGone);
        a.Agent.CallCount.ShouldBe(0);
    }

    [Fact]
    public void A_second_2xx_of_a_fork_is_acknowledged_and_ended()
    {
        var call = Ring();
        b.Call.Answer(Phone.Sdp);
        wire.Settle();
        var answer = wire.Sent.First(p => p.Name == "200 INVITE");
        var tag = answer.Message.ToTag!;
        wire.Sent.Clear();
        a.Inject(System.Text.Encoding.UTF8.GetBytes(answer.Message.ToString().Replace(tag, "otherfork", StringComparison.Ordinal)));
        wire.Names.Where(n => n is "ACK" or "BYE").ShouldBe(["ACK", "BYE"]);
        wire.Sent.ShouldAllBe(p => p.From.Equals(b.EndPoint) || p.Message.ToTag == "otherfork");
        a.EventsOf(call)[^1].ShouldBeOfType<CallAnswered>();
    }

    [Theory]
    [InlineData("BYE")]
    [InlineData("INFO")]
    [InlineData("UPDATE")]
    [InlineData("INVITE")]
    [InlineData("OPTIONS")]
    public void A_request_of_an_unknown_dialog_gets_481(string method)
    {
        b.Inject(Request(method, toTag: "nobody"));
        wire.Names.ShouldBe([$"481 {method}"]);
    }

    [Fact]
    public void An_ack_of_an_unknown_dialog_is_dropped()
    {
        b.Inject(Request("ACK", toTag: "nobody"));
        wire.Sent.ShouldBeEmpty();
        b.Agent.Counters.StrayAcks.ShouldBe(1);
    }

    [Fact]
    public void A_request_older_than_the_last_gets_500()
    {
        var call = Talk();
        call.SendDtmf('1');
        wire.Settle();
        var info = wire.Sent.First(p => p.Name == "INFO").Message;
        var old = info.ToString().Replace(info.Get(HeaderId.CSeq)!, "1 INFO", StringComparison.Ordinal).Replace("branch=z9hG4bK", "branch=z9hG4bKx", StringComparison.Ordinal);
        wire.Sent.Clear();
        b.Inject(System.Text.Encoding.UTF8.GetBytes(old), "198.51.100.1:5060");
        wire.Names.ShouldBe(["500 INFO"]);
    }

    [Fact]
    public void Reoffers_that_cross_both_get_491()
    {
        var call = Talk();
        call.Reinvite(Phone.Sdp);
        b.Call.Reinvite(Phone.Sdp);
        a.RunPosts();
        b.RunPosts();
        wire.Settle();
        a.EventsOf(call)[^1].ShouldBe(new CallReofferRefused(491, "Request Pending"));
        b.EventsOf(b.Call)[^1].ShouldBe(new CallReofferRefused(491, "Request Pending"));
        call.Bye();
        wire.Settle();
        Quiet();
    }

    [Fact]
    public void An_update_is_handed_to_the_owner_and_one_without_offer_is_answered()
    {
        var call = Talk();
        var invite = wire.Sent.First(p => p.Name == "INVITE").Message;
        var tag = wire.Sent.First(p => p.Name == "200 INVITE").Message.ToTag;
        wire.Sent.Clear();
        b.Inject(InDialog("UPDATE", 10, invite, tag, ""), "198.51.100.1:5060");
        b.Inject(InDialog("UPDATE", 11, invite, tag, Phone.Sdp), "198.51.100.1:5060");
        wire.Names.ShouldBe(["200 UPDATE"]);
        var offer = b.EventsOf(b.Call)[^1].ShouldBeOfType<CallOffer>();
        (offer.Method, offer.Sdp).ShouldBe((SipMethod.Update, Phone.Sdp));
        b.Inject(InDialog("UPDATE", 12, invite, tag, Phone.Sdp), "198.51.100.1:5060");
        wire.Names.ShouldBe(["200 UPDATE", "500 UPDATE"]); // one offer at a time (RFC 3311 section 5.2)
        offer.Accept("v=0\r\n");
        wire.Settle();
        wire.Sent[^1].Message.Sdp.ShouldBe("v=0\r\n");
        call.IsEnded.ShouldBeFalse();
    }

    [Fact]
    public void A_call_without_offer_gets_ours_and_answers_in_its_ack()
    {
        var invite = Request("INVITE", contact: "<sip:x@192.0.2.99:5060>");
        b.OnCall = call => call.Answer(Phone.Sdp);
        b.Inject(invite);
        b.Call.Offer.ShouldBeNull();
        var ok = wire.Sent.Single(p => p.Name == "200 INVITE").Message;
        ok.Sdp.ShouldBe(Phone.Sdp);
        b.Inject(Request("ACK", toTag: ok.ToTag, body: "v=0\n", contentType: "application/sdp"));
        b.EventsOf(b.Call).ShouldHaveSingleItem().ShouldBe(new CallAcknowledged("v=0\r\n"));
    }

    [Fact]
    public void The_callers_bye_while_it_rings_ends_the_invite_with_487()
    {
        var ring = Ring();
        var invite = wire.Sent.First(p => p.Name == "INVITE").Message;
        var tag = wire.Sent.First(p => p.Name == "180 INVITE").Message.ToTag;
        b.Inject(InDialog("BYE", 2, invite, tag, ""), "198.51.100.1:5060");
        b.EndOf(b.Call).Cause.ShouldBe(SipEndCause.RemoteBye);
        a.EndOf(ring).Code.ShouldBe(487);
    }

    [Fact]
    public void Requests_follow_the_record_route_in_order()
    {
        b.OnCall = call => call.Answer(Phone.Sdp);
        b.Inject(Request("INVITE", contact: "<sip:x@192.0.2.99>", extra: "Record-Route: <sip:192.0.2.50:5070;lr>, <sip:192.0.2.51;lr>\n"));
        var ok = wire.Sent.Single(p => p.Name == "200 INVITE").Message;
        ok.GetAll(HeaderId.RecordRoute).ShouldBe(["<sip:192.0.2.50:5070;lr>", "<sip:192.0.2.51;lr>"]);
        b.Inject(Request("ACK", toTag: ok.ToTag));
        b.Call.Bye();
        wire.Settle();
        var bye = wire.Sent[^1];
        bye.To.ToString().ShouldBe("192.0.2.50:5070");
        bye.Message.RequestUri.ShouldBe("sip:x@192.0.2.99");
        bye.Message.GetAll(HeaderId.Route).ShouldBe(["<sip:192.0.2.50:5070;lr>", "<sip:192.0.2.51;lr>"]);
    }

    [Fact]
    public void A_strict_router_is_the_request_uri()
    {
        b.OnCall = call => call.Answer(Phone.Sdp);
        b.Inject(Request("INVITE", contact: "<sip:x@192.0.2.99>", extra: "Record-Route: <sip:192.0.2.50:5070>\n"));
        b.Inject(Request("ACK", toTag: wire.Sent[^1].Message.ToTag));
        b.Call.Bye();
        wire.Settle();
        var bye = wire.Sent[^1];
        (bye.To.ToString(), bye.Message.RequestUri).ShouldBe(("192.0.2.50:5070", "sip:192.0.2.50:5070"));
        bye.Message.GetAll(HeaderId.Route).ShouldBe(["<sip:x@192.0.2.99>"]);
    }

    [Fact]
    public void A_caller_behind_a_nat_is_reached_by_its_flow()
    {
        b.OnCall = call => call.Answer(Phone.Sdp);
        b.Inject(Request("INVITE", contact: "<sip:x@192.168.1.7:5060>"), "203.0.113.9:40000");
        var ok = wire.Sent[^1];
        ok.To.ToString().ShouldBe("203.0.113.9:40000"); // rport
        ok.Message.Get(HeaderId.Via).ShouldEndWith(";rport=40000;received=203.0.113.9");
        b.Inject(Request("ACK", toTag: ok.Message.ToTag), "203.0.113.9:40000");
        b.Call.Bye();
        wire.Settle();
        wire.Sent[^1].To.ToString().ShouldBe("203.0.113.9:40000");
        wire.Sent[^1].Message.RequestUri.ShouldBe("sip:x@192.168.1.7:5060");
    }

    [Fact]
    public void The_calls_flow_is_where_the_packet_came_from_even_without_rport()
    {
        b.OnCall = call => call.Ringing();
        b.Inject(Request("INVITE").Replace(";rport", "", StringComparison.Ordinal), "203.0.113.9:40000");
        b.Call.Flow.Remote.ToString().ShouldBe("203.0.113.9:40000");
    }

    [Fact]
    public void Without_rport_the_response_goes_to_the_port_of_the_via()
    {
        b.OnCall = call => call.Reject(404);
        b.Inject(Request("INVITE").Replace(";rport", "", StringComparison.Ordinal), "203.0.113.9:40000");
        wire.Sent.ShouldAllBe(p => p.To.ToString() == "203.0.113.9:5060");
        wire.Sent[^1].Message.Get(HeaderId.Via).ShouldEndWith(";received=203.0.113.9");
    }

    [Theory]
    [InlineData("FOO", "", 501)]
    [InlineData("REFER", "", 405)]
    [InlineData("REGISTER", "", 405)]
    [InlineData("INVITE", "Require: 100rel\n", 420)]
    public void What_is_not_supported_is_refused(string method, string extra, int code)
    {
        b.Inject(Request(method, extra: extra));
        wire.Sent.Single().Message.StatusCode.ShouldBe(code);
        b.Calls.ShouldBeEmpty();
    }

    [Fact]
    public void Above_the_bound_new_requests_get_503_without_state_and_known_ones_go_on()
    {
        var small = wire.Add("198.51.100.3:5060", limits: new SipLimits { TransactionsMax = 1, RetryAfterSeconds = 9 });
        small.OnCall = call => call.Ringing();
        var first = Request("INVITE");
        small.Inject(first);
        wire.Sent.Clear();
        small.Inject(Request("OPTIONS", branch: "z9hG4bKother"));
        var refusal = wire.Sent.Single().Message;
        (refusal.StatusCode, refusal.Get("Retry-After")).ShouldBe((503, "9"));
        small.Agent.Transactions.Count.ShouldBe(1);
        small.Inject(first);
        wire.Sent[^1].Name.ShouldBe("180 INVITE");
        small.Agent.Counters.Overloaded.ShouldBe(1);
    }

    [Fact]
    public void A_malformed_request_gets_400_with_its_reason()
    {
        b.Inject(Request("INVITE").Replace("1 INVITE", "1 BYE", StringComparison.Ordinal));
        var response = wire.Sent.Single().Message;
        (response.StatusCode, response.ReasonPhrase).ShouldBe((400, "CSeq Method Mismatch"));
        b.Inject("INVITE sip:1@198.51.100.2 SIP/2.0\nFrom: <sip:x@y>\n\n");
        wire.Sent.Count.ShouldBe(1);
        b.Agent.Counters.Malformed.ShouldBe(2);
    }

    [Fact]
    public void A_register_is_challenged_with_both_algorithms()
    {
        var registrar = new Registrar(new RegistrarOptions { Realm = "r", Credentials = _ => null }, wire.Clock);
        var server = wire.Add("198.51.100.4:5060", registrar);
        server.Inject(Request("REGISTER"));
        wire.Sent.Single().Name.ShouldBe("401 REGISTER");
        wire.Sent.Single().Message.GetLines(HeaderId.WwwAuthenticate).Count.ShouldBe(2);
    }

    private UacCall Ring()
    {
        b.OnCall = call => call.Ringing();
        var call = a.Invite(new UacInvite { Target = "sip:1@198.51.100.2" });
        wire.Settle();
        return call;
    }

    private UacCall Talk()
    {
        b.OnCall = call => call.Answer(Phone.Sdp);
        var call = a.Invite(new UacInvite { Target = "sip:1@198.51.100.2" });
        wire.Settle();
        return call;
    }

    // Nothing may be left once the last tombstone has run out.
    private void Quiet()
    {
        wire.Pass(80);
        foreach (var station in new[] { a, b })
        {
            station.Agent.Transactions.Count.ShouldBe(0);
            station.Agent.CallCount.ShouldBe(0);
            station.Errors.ShouldBeEmpty();
        }
    }

    internal static string Request(string method, string? toTag = null, string? contact = null, string extra = "", string branch = "z9hG4bK77", string body = "", string? contentType = null)
    {
        var length = System.Text.Encoding.UTF8.GetByteCount(body.ReplaceLineEndings("\r\n"));
        return $"{method} sip:1@198.51.100.2 SIP/2.0\n"
            + $"Via: SIP/2.0/UDP 192.0.2.99:5060;branch={branch}{(method == "ACK" ? "ack" : "")};rport\n"
            + "Max-Forwards: 70\nFrom: <sip:x@example.org>;tag=ft\n"
            + $"To: <sip:1@198.51.100.2>{(toTag is null ? "" : ";tag=" + toTag)}\n"
            + $"Call-ID: c1\nCSeq: 1 {method}\n{extra}"
            + (contact is null ? "" : $"Contact: {contact}\n")
            + (contentType is null ? "" : $"Content-Type: {contentType}\n")
            + $"Content-Length: {length}\n\n{body}";
    }

    private static string InDialog(string method, int cseq, SipMessage invite, string? tag, string sdp) =>
        $"{method} sip:1@198.51.100.2:5060 SIP/2.0\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK{method}{cseq};rport\nMax-Forwards: 70\n"
        + $"From: {invite.Get(HeaderId.From)}\nTo: {invite.Get(HeaderId.To)};tag={tag}\nCall-ID: {invite.CallId}\nCSeq: {cseq} {method}\n"
        + (sdp.Length > 0 ? "Content-Type: application/sdp\n" : "") + $"Content-Length: {sdp.Length}\n\n{sdp}";
}
