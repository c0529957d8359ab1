using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Tests;

/// <summary>Transfers: REFER with its NOTIFYs (RFC 3515, RFC 4488) and Replaces (RFC 3891).</summary>
public sealed class ReferralTests : TwoStations
{
    [Fact]
    public void A_blind_transfer_is_told_and_its_progress_comes_back()
    {
        var call = Talk();
        call.Refer("sip:1002@198.51.100.9");
        Wire.Settle();
        var asked = B.EventsOf(B.Call)[^1].ShouldBeOfType<CallRefer>();
        (asked.Target, asked.User, asked.Replaces).ShouldBe(("sip:1002@198.51.100.9", "1002", null));
        asked.ReferredBy.ShouldNotBeNull().ShouldContain("198.51.100.1");
        asked.Accept();
        asked.Report(180);
        asked.Report(200);
        asked.Report(486); // after the final one nothing is told
        Wire.Settle();
        A.EventsOf(call).OfType<CallReferred>().ShouldBe([new(202, false), new(100, false), new(180, false), new(200, true)]);
        var notifies = Wire.Sent.Where(p => p.Name == "NOTIFY").Select(p => p.Message).ToList();
        notifies.Select(m => m.Get(HeaderId.Event)).Distinct().ShouldBe(["refer"]);
        notifies.Select(m => m.Get("Subscription-State")![..6]).ShouldBe(["active", "active", "termin"]);
        notifies[^1].ContentType.ShouldBe("message/sipfrag");
        call.Bye();
        Wire.Settle();
        Quiet();
    }

    [Fact]
    public void A_transfer_that_is_refused_tells_its_code()
    {
        var call = Talk();
        call.Refer("sip:1002@198.51.100.9");
        Wire.Settle();
        B.EventsOf(B.Call)[^1].ShouldBeOfType<CallRefer>().Reject(603);
        Wire.Settle();
        A.EventsOf(call)[^1].ShouldBe(new CallReferred(603, true));
    }

    [Fact]
    public void An_attended_transfer_names_the_call_to_be_replaced()
    {
        var consulted = Talk();
        var consultedAtB = B.Call;
        var call = A.Invite(new UacInvite { Target = "sip:2@198.51.100.2" });
        Wire.Settle();
        call.Refer("sip:1@198.51.100.2", consulted);
        Wire.Settle();
        var asked = B.EventsOf(B.Call)[^1].ShouldBeOfType<CallRefer>();
        asked.Replaced.ShouldBe(consultedAtB);
        asked.Replaces!.CallId.ShouldBe(consulted.CallId);
        asked.Target.ShouldBe("sip:1@198.51.100.2");
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("Refer-To: <sip:2@b>\nRefer-To: <sip:3@b>\n", 400)]
    [InlineData("Refer-To: <sip:2@b?Replaces=x>\n", 400)]
    [InlineData("Refer-To: \"\n", 400)]
    public void A_bad_refer_is_refused(string extra, int code)
    {
        var tag = TalkByText();
        B.Inject(InCall("REFER", tag, 2, extra));
        Wire.Names.Last().ShouldBe($"{code} REFER");
    }

    [Fact]
    public void A_second_refer_waits_for_the_first_and_without_subscription_no_notify_is_sent()
    {
        var tag = TalkByText();
        B.Inject(InCall("REFER", tag, 2, "Refer-To: <sip:2@b>\nRefer-Sub: false\n"));
        var asked = B.EventsOf(B.Call)[^1].ShouldBeOfType<CallRefer>();
        B.Inject(InCall("REFER", tag, 3, "Refer-To: <sip:3@b>\n"));
        Wire.Names.Last().ShouldBe("491 REFER");
        asked.Accept();
        asked.Report(200);
        Wire.Settle();
        Wire.Sent[^1].Message.Get("Refer-Sub").ShouldBe("false"); // RFC 4488 section 4
        Wire.Names.ShouldNotContain("NOTIFY");
        B.Inject(InCall("REFER", tag, 4, "Refer-To: <sip:3@b>\n"));
        B.EventsOf(B.Call)[^1].ShouldBeOfType<CallRefer>().Accept();
        Wire.Settle();
        Wire.Sent.Single(p => p.Name == "NOTIFY").Message.Get(HeaderId.Event).ShouldBe("refer;id=4"); // RFC 3515 section 2.4.6
    }

    [Fact]
    public void A_refer_outside_of_a_call_gets_405_and_another_event_489()
    {
        B.Inject(Request("REFER", extra: "Refer-To: <sip:2@b>\n"));
        Wire.Names.ShouldBe(["405 REFER"]);
        Wire.Sent.Clear();
        var tag = TalkByText();
        B.Inject(InCall("NOTIFY", tag, 2, "Event: presence\n"));
        Wire.Names.Last().ShouldBe("489 NOTIFY");
    }

    [Fact]
    public void An_invite_with_replaces_takes_the_place_of_its_call()
    {
        var old = Talk();
        var oldAtB = B.Call;
        var replaces = $"{old.CallId};to-tag={oldAtB.Dialog!.LocalTag};from-tag={oldAtB.Dialog.RemoteTag}";
        B.OnCall = call =>
        {
            call.Answer(Phone.Sdp);
            call.Replaced?.Bye();
        };
        var next = A.Invite(new UacInvite { Target = "sip:1@198.51.100.2", Headers = [new("Replaces", replaces)] });
        Wire.Settle();
        B.Call.Replaced.ShouldBe(oldAtB);
        A.EndOf(old).Cause.ShouldBe(SipEndCause.RemoteBye);
        A.EventsOf(next)[^1].ShouldBeOfType<CallAnswered>();
        next.Bye();
        Wire.Settle();
        Quiet();
    }

    [Fact]
    public void Replaces_is_refused_as_RFC_3891_section_3_says()
    {
        int Answer(string replaces)
        {
            Wire.Sent.Clear();
            A.Invite(new UacInvite { Target = "sip:1@198.51.100.2", Headers = [new("Replaces", replaces)] });
            Wire.Settle();
            return Wire.Sent.Last(p => p.From.Equals(B.EndPoint)).Message.StatusCode;
        }

        Talk();
        var confirmed = B.Call.Dialog!;
        string Of(Dialogs.Dialog d, string more = "") => $"{d.CallId};from-tag={d.RemoteTag};to-tag={d.LocalTag}{more}";
        Answer("nonsense").ShouldBe(400);
        Answer("nobody;to-tag=a;from-tag=b").ShouldBe(481);
        Answer(Of(confirmed, ";early-only")).ShouldBe(486);
        B.OnCall = call => call.Ringing();
        A.Invite(new UacInvite { Target = "sip:1@198.51.100.2" });
        Wire.Settle();
        Answer(Of(B.Call.Dialog!)).ShouldBe(481); // an early dialog that the peer began
    }

    private string TalkByText()
    {
        B.OnCall = call => call.Answer(Phone.Sdp);
        B.Inject(Request("INVITE", contact: "<sip:x@192.0.2.99:5060>", body: Phone.Sdp, contentType: "application/sdp"));
        var tag = Wire.Sent.Last(p => p.Name == "200 INVITE").Message.ToTag!;
        B.Inject(Request("ACK", toTag: tag));
        return tag;
    }

    private static string InCall(string method, string tag, int cseq, string extra) => Request(method, toTag: tag, branch: $"z9hG4bK{method}{cseq}", extra: extra, contact: "<sip:x@192.0.2.99:5060>")
        .Replace($"CSeq: 1 {method}", $"CSeq: {cseq} {method}", StringComparison.Ordinal);
}
