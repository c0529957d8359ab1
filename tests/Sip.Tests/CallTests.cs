using System.Runtime.CompilerServices;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Tests;

/// <summary>What the user agent core does where signalling crosses, forks or is lost (RFC 3261 sections 9, 13 and 15).</summary>
public sealed class CallTests : TwoStations
{
    [Fact]
    public void A_cancel_before_any_response_waits_for_one()
    {
        Wire.LoseFirst("100 INVITE", 2);
        var call = A.Invite(new UacInvite { Target = "sip:1@198.51.100.2" });
        call.Cancel();
        Wire.Settle();
        Wire.Names.ShouldNotContain("CANCEL"); // RFC 3261 section 9.1
        Wire.Pass(3);
        Wire.Names.ShouldContain("CANCEL");
        A.EndOf(call).Cause.ShouldBe(SipEndCause.Cancelled);
        B.EndOf(B.Call).Cause.ShouldBe(SipEndCause.Cancelled);
    }

    [Fact]
    public void A_cancel_that_crosses_the_200_is_answered_and_the_call_ended_by_bye()
    {
        var call = Ring();
        B.Call.Answer(Phone.Sdp);
        B.RunPosts();
        call.Cancel();
        A.RunPosts(); // the CANCEL leaves before the 200 arrives
        Wire.Settle();
        Wire.Names.ShouldBe(["INVITE", "100 INVITE", "180 INVITE", "200 INVITE", "CANCEL", "ACK", "BYE", "200 CANCEL", "200 BYE"], ignoreOrder: true);
        A.EndOf(call).Cause.ShouldBe(SipEndCause.Cancelled);
        B.EndOf(B.Call).Cause.ShouldBe(SipEndCause.RemoteBye);
        Quiet();
    }

    [Fact]
    public void A_cancel_that_nobody_answers_ends_the_call_after_32_seconds()
    {
        var call = Ring();
        Wire.Lose = p => p.From.Equals(B.EndPoint);
        call.Cancel();
        Wire.Pass(33);
        A.EndOf(call).Cause.ShouldBe(SipEndCause.Cancelled);
        Wire.Pass(40);
        A.Agent.Transactions.Count.ShouldBe(0);
    }

    [Fact]
    public void A_cancel_for_an_unknown_invite_gets_481()
    {
        B.Inject(Request("CANCEL"));
        Wire.Names.ShouldBe(["481 CANCEL"]);
    }

    [Fact]
    public void A_ring_timeout_takes_the_call_back()
    {
        B.OnCall = call => call.Ringing();
        var call = A.Invite(new UacInvite { Target = "sip:1@198.51.100.2", RingTimeout = TimeSpan.FromSeconds(20) });
        Wire.Pass(21);
        var end = A.EndOf(call);
        (end.Cause, end.Code).ShouldBe((SipEndCause.Timeout, 408));
        B.EndOf(B.Call).Cause.ShouldBe(SipEndCause.Cancelled);
    }

    [Fact]
    public void A_silent_callee_is_given_up_at_the_ring_timeout_and_cancelled_should_it_wake()
    {
        B.OnCall = call => call.Ringing();
        Wire.Lose = p => p.From.Equals(B.EndPoint);
        var call = A.Invite(new UacInvite { Target = "sip:1@198.51.100.2", RingTimeout = TimeSpan.FromSeconds(5) });
        Wire.Pass(5.1);
        A.EndOf(call).Cause.ShouldBe(SipEndCause.Timeout);
        Wire.Lose = _ => false;
        Wire.Pass(5);
        B.EndOf(B.Call).Cause.ShouldBe(SipEndCause.Cancelled);
        A.EventsOf(call).ShouldHaveSingleItem();
        Quiet();
    }

    [Fact]
    public void A_header_that_cannot_be_written_is_reported_and_ends_the_call()
    {
        SipHeader[] forged = [new("X", "a\r\nVia: b")];
        var call = A.Invite(new UacInvite { Target = "sip:1@198.51.100.2", Headers = forged });
        Wire.Settle();
        A.EndOf(call).Code.ShouldBe(500);
        A.Errors.ShouldHaveSingleItem();
        B.OnCall = incoming => incoming.Answer(Phone.Sdp, forged);
        var second = A.Invite(new UacInvite { Target = "sip:1@198.51.100.2" });
        Wire.Settle();
        A.EndOf(second).Code.ShouldBe(480);
        B.Errors.ShouldHaveSingleItem();
    }

    [Fact]
    public void Byes_that_cross_are_both_answered_200()
    {
        var call = Talk();
        call.Bye();
        B.Call.Bye();
        Wire.Settle();
        Wire.Names.Count(n => n == "BYE").ShouldBe(2);
        Wire.Names.Count(n => n == "200 BYE").ShouldBe(2);
        A.EventsOf(call).OfType<CallEnded>().ShouldHaveSingleItem().Cause.ShouldBe(SipEndCause.LocalBye);
        B.EventsOf(B.Call).OfType<CallEnded>().ShouldHaveSingleItem().Cause.ShouldBe(SipEndCause.LocalBye);
        Quiet();
    }

    [Fact]
    public void The_callees_bye_waits_for_the_ack()
    {
        B.OnCall = call =>
        {
            call.Answer(Phone.Sdp);
            call.Bye();
        };
        Wire.LoseFirst("ACK");
        var call = A.Invite(new UacInvite { Target = "sip:1@198.51.100.2" });
        Wire.Settle();
        B.EndOf(B.Call).Cause.ShouldBe(SipEndCause.LocalBye);
        Wire.Names.ShouldNotContain("BYE"); // RFC 3261 section 15
        Wire.Pass(1);
        A.EndOf(call).Cause.ShouldBe(SipEndCause.RemoteBye);
    }

    [Fact]
    public void A_bye_to_a_dialog_the_peer_has_lost_ends_without_fuss()
    {
        var call = Talk();
        B.Agent.Forget(B.Call);
        call.Bye();
        Wire.Settle();
        Wire.Names.ShouldContain("481 BYE");
        A.Agent.CallCount.ShouldBe(0);
        A.EndOf(call).Cause.ShouldBe(SipEndCause.LocalBye);
    }

    [Fact]
    public void An_info_to_a_dialog_the_peer_has_lost_ends_the_call()
    {
        var call = Talk();
        B.Agent.Forget(B.Call);
        call.SendDtmf('1');
        Wire.Settle();
        A.EndOf(call).Cause.ShouldBe(SipEndCause.DialogGone);
        A.Agent.CallCount.ShouldBe(0);
    }

    [Fact]
    public void A_second_2xx_of_a_fork_is_acknowledged_and_ended()
    {
        var call = Ring();
        B.Call.Answer(Phone.Sdp);
        Wire.Settle();
        var answer = Wire.Sent.First(p => p.Name == "200 INVITE");
        var tag = answer.Message.ToTag!;
        Wire.Sent.Clear();
        A.Inject(System.Text.Encoding.UTF8.GetBytes(answer.Message.ToString().Replace(tag, "otherfork", StringComparison.Ordinal)));
        Wire.Names.Where(n => n is "ACK" or "BYE").ShouldBe(["ACK", "BYE"]);
        Wire.Sent.ShouldAllBe(p => p.From.Equals(B.EndPoint) || p.Message.ToTag == "otherfork");
        A.EventsOf(call)[^1].ShouldBeOfType<CallAnswered>();
    }

    [Fact]
    public void A_2xx_that_comes_again_after_the_call_is_acknowledged_again()
    {
        var call = Talk();
        var answer = Wire.Sent.First(p => p.Name == "200 INVITE");
        call.Bye();
        Wire.Settle();
        Wire.Sent.Clear();
        A.Inject(answer.Bytes);
        Wire.Names.ShouldBe(["ACK"]);
        Quiet();
    }

    [Fact]
    public void An_answer_after_all_patience_is_ended_and_leaves_no_call()
    {
        Wire.Lose = p => p.Name == "100 INVITE";
        var call = A.Invite(new UacInvite { Target = "sip:1@198.51.100.2", RingTimeout = TimeSpan.FromSeconds(5) });
        Wire.Pass(5.1);
        A.EndOf(call).Cause.ShouldBe(SipEndCause.Timeout);
        Wire.Sent.Clear();
        B.Call.Answer(Phone.Sdp);
        Wire.Settle();
        Wire.Names.ShouldBe(["200 INVITE", "ACK", "BYE", "200 BYE"]);
        B.EndOf(B.Call).Cause.ShouldBe(SipEndCause.RemoteBye);
        Quiet();
    }

    // RFC 6026 keeps the transaction for 64*T1: it must not keep the call, what hears its events and what hangs on that.
    [Fact]
    public void A_call_that_is_over_is_let_go_while_its_transactions_stay()
    {
        var call = Over();
        GC.Collect();
        call.TryGetTarget(out _).ShouldBeFalse();
        A.Agent.Transactions.Count.ShouldBe(2);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference<SipCall> Over()
    {
        B.OnCall = incoming => incoming.Answer(Phone.Sdp);
        var call = new UacCall(A.Agent, new UacInvite { Target = "sip:1@198.51.100.2", Sdp = Phone.Sdp });
        A.Agent.Post(call.Start);
        Wire.Settle();
        call.Bye();
        Wire.Settle();
        call.IsEnded.ShouldBeTrue();
        return new WeakReference<SipCall>(call);
    }
}
