using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Tests;

/// <summary>Reliable provisional responses, both roles (RFC 3262), and UPDATE before the answer (RFC 3311).</summary>
public sealed class ReliableTests : TwoStations
{
    private const string Early = "v=0\r\no=- 7 7 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30002 RTP/AVP 8\r\n";

    private UacCall RingEarly()
    {
        B.OnCall = call => call.Progress(183, Early);
        var call = A.Invite(new UacInvite { Target = "sip:1@198.51.100.2" });
        Wire.Settle();
        return call;
    }

    [Fact]
    public void Early_media_is_acknowledged_and_the_call_goes_on_to_its_end()
    {
        var call = RingEarly();
        Wire.Names.ShouldBe(["INVITE", "100 INVITE", "183 INVITE", "PRACK", "200 PRACK"]);
        B.EventsOf(B.Call).ShouldBe([new CallPracked(183, null)]);
        A.EventsOf(call).ShouldBe([new CallProgress(183, "Session Progress", Early)]);
        B.Call.Answer(Phone.Sdp);
        Wire.Settle();
        A.EventsOf(call)[^1].ShouldBe(new CallAnswered(Early)); // RFC 3261 section 13.2.1: the reliable answer is in force
        call.Bye();
        Wire.Settle();
        Wire.Sent.Where(p => p.Name is "PRACK" or "BYE").Select(p => p.Message.CSeq).ShouldBe([2u, 3u]);
        B.EndOf(B.Call).Cause.ShouldBe(SipEndCause.RemoteBye);
        Quiet();
    }

    [Theory]
    [InlineData("183 INVITE", 3)]
    [InlineData("PRACK", 3)]
    [InlineData("200 PRACK", 2)]
    public void A_lost_packet_does_not_stop_it(string name, int count)
    {
        Wire.LoseFirst(name, count);
        var call = RingEarly();
        Wire.Pass(10);
        A.EventsOf(call).OfType<CallProgress>().ShouldHaveSingleItem();
        B.EventsOf(B.Call).OfType<CallPracked>().ShouldHaveSingleItem();
        call.Cancel();
        Wire.Settle();
        Quiet();
    }

    [Fact]
    public void Without_a_prack_it_is_repeated_and_the_invite_refused_after_32_seconds()
    {
        Wire.Lose = p => p.Name == "PRACK";
        var call = RingEarly();
        Wire.Pass(33);
        Wire.Names.Count(n => n == "183 INVITE").ShouldBe(7); // 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s
        (B.EndOf(B.Call).Cause, A.EndOf(call).Code).ShouldBe((SipEndCause.AckTimeout, 504));
        Quiet();
    }

    [Fact]
    public void The_answer_waits_for_the_prack_of_its_session_description()
    {
        B.OnCall = call =>
        {
            call.Progress(183, Early);
            call.Answer(Phone.Sdp);
        };
        Wire.LoseFirst("PRACK");
        A.Invite(new UacInvite { Target = "sip:1@198.51.100.2" });
        Wire.Settle();
        Wire.Names.ShouldNotContain("200 INVITE");
        Wire.Pass(2);
        Wire.Names.ShouldContain("200 INVITE");
    }

    [Fact]
    public void Reliable_responses_go_one_at_a_time_and_in_order()
    {
        B.OnCall = call =>
        {
            call.Progress(180);
            call.Progress(183, Early);
        };
        B.Inject(Request("INVITE", contact: "<sip:x@192.0.2.99:5060>", extra: "Require: 100rel\n", body: Phone.Sdp, contentType: "application/sdp"));
        Wire.Names.ShouldBe(["100 INVITE", "180 INVITE"]);
        var ringing = Wire.Sent[^1].Message;
        var rseq = uint.Parse(ringing.Get(HeaderId.RSeq)!, System.Globalization.CultureInfo.InvariantCulture);
        B.Inject(Prack(ringing.ToTag, 2, rseq + 1));
        Wire.Names.ShouldBe(["100 INVITE", "180 INVITE", "481 PRACK"]);
        B.Inject(Prack(ringing.ToTag, 3, rseq));
        Wire.Names.TakeLast(2).ShouldBe(["200 PRACK", "183 INVITE"]);
        Wire.Sent[^1].Message.Get(HeaderId.RSeq).ShouldBe($"{rseq + 1}");
        B.Inject(Prack(ringing.ToTag, 4, rseq));
        Wire.Names.Last().ShouldBe("481 PRACK"); // acknowledged before
    }

    [Fact]
    public void Out_of_order_and_repeated_responses_are_not_told_and_not_acknowledged()
    {
        var call = RingEarly();
        var first = Wire.Sent.First(p => p.Name == "183 INVITE").Message;
        Wire.Sent.Clear();
        A.Inject(System.Text.Encoding.UTF8.GetBytes(first.ToString()), "198.51.100.2:5060");
        var rseq = uint.Parse(first.Get(HeaderId.RSeq)!, System.Globalization.CultureInfo.InvariantCulture);
        A.Inject(System.Text.Encoding.UTF8.GetBytes(first.ToString().Replace($"RSeq: {rseq}", $"RSeq: {rseq + 2}", StringComparison.Ordinal)), "198.51.100.2:5060");
        Wire.Sent.ShouldBeEmpty();
        A.EventsOf(call).ShouldHaveSingleItem();
    }

    [Fact]
    public void Each_fork_is_acknowledged_in_its_own_dialog()
    {
        RingEarly();
        var first = Wire.Sent.First(p => p.Name == "183 INVITE").Message;
        Wire.Sent.Clear();
        A.Inject(System.Text.Encoding.UTF8.GetBytes(first.ToString().Replace(first.ToTag!, "otherfork", StringComparison.Ordinal)), "198.51.100.2:5060");
        Wire.Sent.Single(p => p.Name == "PRACK").Message.ToTag.ShouldBe("otherfork");
        Wire.Names.ShouldContain("481 PRACK"); // this peer knows no such fork: nothing happens
    }

    [Fact]
    public void Early_media_is_changed_by_update_before_the_answer()
    {
        var call = RingEarly();
        B.Call.Update(Early);
        Wire.Settle();
        var offer = A.EventsOf(call)[^1].ShouldBeOfType<CallOffer>();
        (offer.Method, offer.Sdp).ShouldBe((SipMethod.Update, Early));
        offer.Accept(Phone.Sdp);
        Wire.Settle();
        B.EventsOf(B.Call)[^1].ShouldBe(new CallUpdated(Phone.Sdp));
        call.Update(Phone.Sdp);
        Wire.Settle();
        B.EventsOf(B.Call)[^1].ShouldBeOfType<CallOffer>().Reject(488);
        Wire.Settle();
        A.EventsOf(call)[^1].ShouldBe(new CallReofferRefused(488, "Not Acceptable Here"));
        B.Call.Answer(Phone.Sdp);
        Wire.Settle();
        A.EventsOf(call)[^1].ShouldBeOfType<CallAnswered>();
        call.Bye();
        Wire.Settle();
        Quiet();
    }

    [Fact]
    public void Without_agreement_an_update_before_the_answer_is_refused()
    {
        var call = Ring();
        call.Update(Early); // not sent: nothing has been agreed on
        Wire.Settle();
        Wire.Names.ShouldNotContain("UPDATE");
        var invite = Wire.Sent.First(p => p.Name == "INVITE").Message;
        B.Inject(InDialog("UPDATE", 10, invite, Wire.Sent.First(p => p.Name == "180 INVITE").Message.ToTag, Phone.Sdp), "198.51.100.1:5060");
        Wire.Names.Last().ShouldBe("500 UPDATE"); // RFC 3311 section 5.2
    }

    private static string Prack(string? tag, int cseq, uint rseq) => Request("PRACK", toTag: tag, branch: $"z9hG4bKp{cseq}", extra: $"RAck: {rseq} 1 INVITE\n")
        .Replace("CSeq: 1 PRACK", $"CSeq: {cseq} PRACK", StringComparison.Ordinal);
}
