using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;

namespace CallCenter.Sip.Tests;

/// <summary>Requests within a dialog, their way, and what is refused before there is one (RFC 3261 sections 8, 12 and 14).</summary>
public sealed class DialogTests : TwoStations
{
    [Theory]
    [InlineData("BYE")]
    [InlineData("INFO")]
    [InlineData("UPDATE")]
    [InlineData("INVITE")]
    [InlineData("OPTIONS")]
    public void A_request_of_an_unknown_dialog_gets_481(string method)
    {
        B.Inject(Request(method, toTag: "nobody"));
        Wire.Names.ShouldBe([$"481 {method}"]);
    }

    [Fact]
    public void An_ack_of_an_unknown_dialog_is_dropped()
    {
        B.Inject(Request("ACK", toTag: "nobody"));
        Wire.Sent.ShouldBeEmpty();
        B.Agent.Counters.StrayAcks.ShouldBe(1);
    }

    [Fact]
    public void A_request_older_than_the_last_gets_500()
    {
        var call = Talk();
        call.SendDtmf('1');
        Wire.Settle();
        var info = Wire.Sent.First(p => p.Name == "INFO").Message;
        var old = info.ToString().Replace(info.Get(HeaderId.CSeq)!, "1 INFO", StringComparison.Ordinal).Replace("branch=z9hG4bK", "branch=z9hG4bKx", StringComparison.Ordinal);
        Wire.Sent.Clear();
        B.Inject(System.Text.Encoding.UTF8.GetBytes(old), "198.51.100.1:5060");
        Wire.Names.ShouldBe(["500 INFO"]);
    }

    [Fact]
    public void Reoffers_that_cross_both_get_491_and_are_tried_again_the_callers_later()
    {
        var call = Talk();
        call.OnEvent += e => (e as CallOffer)?.Accept("v=0\r\no=caller\r\n");
        B.Call.OnEvent += e => (e as CallOffer)?.Accept("v=0\r\no=callee\r\n");
        call.Reinvite(Phone.Sdp);
        B.Call.Reinvite(Phone.Sdp);
        A.RunPosts();
        B.RunPosts();
        Wire.Settle();
        Wire.Names.Count(n => n == "491 INVITE").ShouldBe(2);
        Wire.Pass(2.08); // RFC 3261 section 14.1: the callee within 0 to 2 s
        B.EventsOf(B.Call).OfType<CallAnswered>().ShouldHaveSingleItem().Sdp.ShouldBe("v=0\r\no=caller\r\n");
        A.EventsOf(call).OfType<CallAnswered>().Count().ShouldBe(1);
        Wire.Pass(2); // the owner of the Call-ID within 2.1 to 4 s
        A.EventsOf(call).OfType<CallAnswered>().Last().Sdp.ShouldBe("v=0\r\no=callee\r\n");
        Wire.Names.Count(n => n == "491 INVITE").ShouldBe(2);
        call.Bye();
        Wire.Settle();
        Quiet();
    }

    [Fact]
    public void A_reoffer_that_gets_491_twice_is_told_as_refused()
    {
        var call = Talk();
        B.Call.OnEvent += e => (e as CallOffer)?.Reject(491);
        call.Reinvite(Phone.Sdp);
        Wire.Pass(4.1);
        Wire.Names.Count(n => n == "491 INVITE").ShouldBe(2);
        A.EventsOf(call)[^1].ShouldBe(new CallReofferRefused(491, "Request Pending"));
        call.Bye();
        Wire.Settle();
        Quiet();
    }

    [Fact]
    public void A_call_that_ends_before_its_reoffer_is_tried_again_stays_ended()
    {
        var call = Talk();
        B.Call.OnEvent += e => (e as CallOffer)?.Reject(491);
        call.Reinvite(Phone.Sdp);
        Wire.Settle();
        call.Bye();
        Wire.Pass(5);
        Wire.Names.Count(n => n == "INVITE").ShouldBe(2);
        Quiet();
    }

    [Fact]
    public void Another_branch_of_a_fork_is_a_merged_request()
    {
        B.OnCall = call => call.Ringing();
        B.Inject(Request("INVITE", contact: "<sip:x@192.0.2.99>"));
        B.Inject(Request("INVITE", contact: "<sip:x@192.0.2.99>", branch: "z9hG4bKother"));
        Wire.Names.ShouldBe(["100 INVITE", "180 INVITE", "482 INVITE"]); // RFC 3261 section 8.2.2.2
        B.Calls.ShouldHaveSingleItem().Reject(486);
        Wire.Settle();
        B.Inject(Request("INVITE", contact: "<sip:x@192.0.2.99>", branch: "z9hG4bKthird"));
        Wire.Names.Last().ShouldBe("482 INVITE"); // the first branch's transaction lives until its ACK
        Wire.Pass(40);
        B.Inject(Request("INVITE", contact: "<sip:x@192.0.2.99>", branch: "z9hG4bKlater"));
        Wire.Names.Last().ShouldBe("180 INVITE");
    }

    [Fact]
    public void A_cancel_after_the_200_is_answered_and_changes_nothing()
    {
        B.OnCall = call => call.Answer(Phone.Sdp);
        B.Inject(Request("INVITE", contact: "<sip:x@192.0.2.99:5060>"));
        B.Inject(Request("CANCEL"));
        Wire.Names.ShouldContain("200 CANCEL"); // RFC 3261 section 9.2
        Wire.Names.ShouldNotContain("487 INVITE");
        B.Call.IsEnded.ShouldBeFalse();
    }

    [Fact]
    public void An_update_is_handed_to_the_owner_and_one_without_offer_is_answered()
    {
        var call = Talk();
        var invite = Wire.Sent.First(p => p.Name == "INVITE").Message;
        var tag = Wire.Sent.First(p => p.Name == "200 INVITE").Message.ToTag;
        Wire.Sent.Clear();
        B.Inject(InDialog("UPDATE", 10, invite, tag, ""), "198.51.100.1:5060");
        B.Inject(InDialog("UPDATE", 11, invite, tag, Phone.Sdp), "198.51.100.1:5060");
        Wire.Names.ShouldBe(["200 UPDATE"]);
        var offer = B.EventsOf(B.Call)[^1].ShouldBeOfType<CallOffer>();
        (offer.Method, offer.Sdp).ShouldBe((SipMethod.Update, Phone.Sdp));
        B.Inject(InDialog("UPDATE", 12, invite, tag, Phone.Sdp), "198.51.100.1:5060");
        Wire.Names.ShouldBe(["200 UPDATE", "500 UPDATE"]); // one offer at a time (RFC 3311 section 5.2)
        offer.Accept("v=0\r\n");
        Wire.Settle();
        Wire.Sent[^1].Message.Sdp.ShouldBe("v=0\r\n");
        call.IsEnded.ShouldBeFalse();
    }

    [Fact]
    public void A_call_without_offer_gets_ours_and_answers_in_its_ack()
    {
        var invite = Request("INVITE", contact: "<sip:x@192.0.2.99:5060>");
        B.OnCall = call => call.Answer(Phone.Sdp);
        B.Inject(invite);
        B.Call.Offer.ShouldBeNull();
        var ok = Wire.Sent.Single(p => p.Name == "200 INVITE").Message;
        ok.Sdp.ShouldBe(Phone.Sdp);
        B.Inject(Request("ACK", toTag: ok.ToTag, body: "v=0\n", contentType: "application/sdp"));
        B.EventsOf(B.Call).ShouldHaveSingleItem().ShouldBe(new CallAcknowledged("v=0\r\n"));
    }

    [Fact]
    public void The_callers_bye_while_it_rings_ends_the_invite_with_487()
    {
        var ring = Ring();
        var invite = Wire.Sent.First(p => p.Name == "INVITE").Message;
        var tag = Wire.Sent.First(p => p.Name == "180 INVITE").Message.ToTag;
        B.Inject(InDialog("BYE", 2, invite, tag, ""), "198.51.100.1:5060");
        B.EndOf(B.Call).Cause.ShouldBe(SipEndCause.RemoteBye);
        A.EndOf(ring).Code.ShouldBe(487);
    }

    [Fact]
    public void Requests_follow_the_record_route_in_order()
    {
        B.OnCall = call => call.Answer(Phone.Sdp);
        B.Inject(Request("INVITE", contact: "<sip:x@192.0.2.99>", extra: "Record-Route: <sip:192.0.2.50:5070;lr>, <sip:192.0.2.51;lr>\n"));
        var ok = Wire.Sent.Single(p => p.Name == "200 INVITE").Message;
        ok.GetAll(HeaderId.RecordRoute).ShouldBe(["<sip:192.0.2.50:5070;lr>", "<sip:192.0.2.51;lr>"]);
        B.Inject(Request("ACK", toTag: ok.ToTag));
        B.Call.Bye();
        Wire.Settle();
        var bye = Wire.Sent[^1];
        bye.To.ToString().ShouldBe("192.0.2.50:5070");
        bye.Message.RequestUri.ShouldBe("sip:x@192.0.2.99");
        bye.Message.GetAll(HeaderId.Route).ShouldBe(["<sip:192.0.2.50:5070;lr>", "<sip:192.0.2.51;lr>"]);
    }

    [Fact]
    public void A_strict_router_is_the_request_uri()
    {
        B.OnCall = call => call.Answer(Phone.Sdp);
        B.Inject(Request("INVITE", contact: "<sip:x@192.0.2.99>", extra: "Record-Route: <sip:192.0.2.50:5070>\n"));
        B.Inject(Request("ACK", toTag: Wire.Sent[^1].Message.ToTag));
        B.Call.Bye();
        Wire.Settle();
        var bye = Wire.Sent[^1];
        (bye.To.ToString(), bye.Message.RequestUri).ShouldBe(("192.0.2.50:5070", "sip:192.0.2.50:5070"));
        bye.Message.GetAll(HeaderId.Route).ShouldBe(["<sip:x@192.0.2.99>"]);
    }

    [Fact]
    public void A_caller_behind_a_nat_is_reached_by_its_flow()
    {
        B.OnCall = call => call.Answer(Phone.Sdp);
        B.Inject(Request("INVITE", contact: "<sip:x@192.168.1.7:5060>"), "203.0.113.9:40000");
        var ok = Wire.Sent[^1];
        ok.To.ToString().ShouldBe("203.0.113.9:40000"); // rport
        ok.Message.Get(HeaderId.Via).ShouldEndWith(";rport=40000;received=203.0.113.9");
        B.Inject(Request("ACK", toTag: ok.Message.ToTag), "203.0.113.9:40000");
        B.Call.Bye();
        Wire.Settle();
        Wire.Sent[^1].To.ToString().ShouldBe("203.0.113.9:40000");
        Wire.Sent[^1].Message.RequestUri.ShouldBe("sip:x@192.168.1.7:5060");
    }

    [Fact]
    public void The_calls_flow_is_where_the_packet_came_from_even_without_rport()
    {
        B.OnCall = call => call.Ringing();
        B.Inject(Request("INVITE").Replace(";rport", "", StringComparison.Ordinal), "203.0.113.9:40000");
        B.Call.Flow.Remote.ToString().ShouldBe("203.0.113.9:40000");
    }

    [Fact]
    public void Without_rport_the_response_goes_to_the_port_of_the_via()
    {
        B.OnCall = call => call.Reject(404);
        B.Inject(Request("INVITE").Replace(";rport", "", StringComparison.Ordinal), "203.0.113.9:40000");
        Wire.Sent.ShouldAllBe(p => p.To.ToString() == "203.0.113.9:5060");
        Wire.Sent[^1].Message.Get(HeaderId.Via).ShouldEndWith(";received=203.0.113.9");
    }

    [Theory]
    [InlineData("FOO", "", 501)]
    [InlineData("REFER", "", 405)]
    [InlineData("REGISTER", "", 405)]
    [InlineData("INVITE", "Require: precondition\n", 420)]
    public void What_is_not_supported_is_refused(string method, string extra, int code)
    {
        B.Inject(Request(method, extra: extra));
        Wire.Sent.Single().Message.StatusCode.ShouldBe(code);
        B.Calls.ShouldBeEmpty();
    }

    [Fact]
    public void Above_the_bound_new_requests_get_503_without_state_and_known_ones_go_on()
    {
        var small = Wire.Add("198.51.100.3:5060", limits: new SipLimits { TransactionsMax = 1, RetryAfterSeconds = 9 });
        small.OnCall = call => call.Ringing();
        var first = Request("INVITE");
        small.Inject(first);
        Wire.Sent.Clear();
        small.Inject(Request("OPTIONS", branch: "z9hG4bKother"));
        var refusal = Wire.Sent.Single().Message;
        (refusal.StatusCode, refusal.Get("Retry-After")).ShouldBe((503, "9"));
        small.Agent.Transactions.Count.ShouldBe(1);
        small.Inject(first);
        Wire.Sent[^1].Name.ShouldBe("180 INVITE");
        small.Agent.Counters.Overloaded.ShouldBe(1);
    }

    [Fact]
    public void A_malformed_request_gets_400_with_its_reason()
    {
        B.Inject(Request("INVITE").Replace("1 INVITE", "1 BYE", StringComparison.Ordinal));
        var response = Wire.Sent.Single().Message;
        (response.StatusCode, response.ReasonPhrase).ShouldBe((400, "CSeq Method Mismatch"));
        B.Inject("INVITE sip:1@198.51.100.2 SIP/2.0\nFrom: <sip:x@y>\n\n");
        Wire.Sent.Count.ShouldBe(1);
        B.Agent.Counters.Malformed.ShouldBe(2);
    }

    [Fact]
    public void A_register_is_challenged_with_both_algorithms()
    {
        var registrar = new Registrar(new RegistrarOptions { Realm = "r", Credentials = _ => null }, Wire.Clock);
        var server = Wire.Add("198.51.100.4:5060", registrar);
        server.Inject(Request("REGISTER"));
        Wire.Sent.Single().Name.ShouldBe("401 REGISTER");
        Wire.Sent.Single().Message.GetLines(HeaderId.WwwAuthenticate).Count.ShouldBe(2);
    }
}
