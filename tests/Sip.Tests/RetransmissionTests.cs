using CallCenter.Sip.Calls;

namespace CallCenter.Sip.Tests;

/// <summary>Timers on the wire, with lost packets (RFC 3261 section 17, RFC 6026).</summary>
public sealed class RetransmissionTests
{
    private readonly Wire wire = new();
    private readonly Station caller;
    private readonly Station callee;
    private readonly List<(string Name, double At)> sent = [];
    private readonly DateTimeOffset start;

    public RetransmissionTests()
    {
        caller = wire.Add("198.51.100.1:5060");
        callee = wire.Add("198.51.100.2:5060");
        start = wire.Clock.GetUtcNow();
    }

    [Fact]
    public void An_unanswered_invite_is_sent_seven_times_in_32_seconds()
    {
        Record(_ => true);
        var call = caller.Invite(new UacInvite { Target = "sip:1@198.51.100.2:5060" });
        wire.Pass(40);
        sent.Select(s => s.Name).Distinct().ShouldBe(["INVITE"]);
        sent.Select(s => s.At).ShouldBe([0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]); // timer A
        var end = caller.EndOf(call);
        (end.Cause, end.Code).ShouldBe((SipEndCause.Timeout, 408));
        Gone(caller);
    }

    [Fact]
    public void An_unanswered_bye_is_sent_eleven_times_with_at_most_4_seconds_between()
    {
        var call = Talk();
        Record(p => p.Name == "BYE");
        call.Bye();
        wire.Pass(40);
        sent.Select(s => s.At).ShouldBe([0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]); // timer E
        caller.Agent.CallCount.ShouldBe(0);
    }

    [Theory]
    [InlineData("INVITE", 1)]
    [InlineData("INVITE", 3)]
    [InlineData("100 INVITE", 1)]
    [InlineData("180 INVITE", 1)]
    [InlineData("200 INVITE", 1)]
    [InlineData("200 INVITE", 4)]
    [InlineData("ACK", 1)]
    [InlineData("ACK", 4)]
    public void A_lost_packet_does_not_stop_a_call(string name, int count)
    {
        wire.LoseFirst(name, count);
        var call = Talk();
        wire.Pass(20);
        caller.EventsOf(call).OfType<CallAnswered>().Count().ShouldBe(1);
        callee.EventsOf(callee.Call).OfType<CallAcknowledged>().Count().ShouldBe(1);
        callee.Calls.Count.ShouldBe(1);
        call.Bye();
        wire.Pass(1);
        callee.EndOf(callee.Call).Cause.ShouldBe(SipEndCause.RemoteBye);
        wire.Pass(70);
        Gone(caller);
        Gone(callee);
    }

    [Theory]
    [InlineData("BYE")]
    [InlineData("200 BYE")]
    public void A_lost_bye_or_its_answer_is_repeated_and_the_call_ends_once(string name)
    {
        var call = Talk();
        wire.LoseFirst(name);
        call.Bye();
        wire.Pass(2);
        callee.EventsOf(callee.Call).OfType<CallEnded>().Count().ShouldBe(1);
        wire.Pass(40);
        Gone(caller);
        Gone(callee);
    }

    [Fact]
    public void A_2xx_is_repeated_until_the_ack_then_bye_after_32_seconds()
    {
        Record(p => p.Name == "ACK");
        var call = Talk();
        wire.Pass(40);
        sent.Where(s => s.Name == "200 INVITE").Select(s => s.At).ShouldBe([0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]);
        callee.EndOf(callee.Call).Cause.ShouldBe(SipEndCause.AckTimeout);
        caller.EndOf(call).Cause.ShouldBe(SipEndCause.RemoteBye);
        sent.Single(s => s.Name == "BYE").At.ShouldBe(32, 0.02);
    }

    [Fact]
    public void A_refusal_is_repeated_until_its_ack_and_each_gets_one()
    {
        callee.OnCall = call => call.Reject(486);
        Record(p => p.Name == "ACK" && sent.Count(s => s.Name == "ACK") < 3);
        var call = caller.Invite(new UacInvite { Target = "sip:1@198.51.100.2:5060" });
        wire.Pass(10);
        sent.Where(s => s.Name == "486 INVITE").Select(s => s.At).ShouldBe([0, 0.5, 1.5]); // timer G
        sent.Count(s => s.Name == "ACK").ShouldBe(3);
        caller.EventsOf(call).ShouldHaveSingleItem();
        wire.Pass(40);
        Gone(caller);
        Gone(callee);
    }

    [Fact]
    public void A_refusal_whose_ack_never_comes_is_given_up_after_32_seconds()
    {
        callee.OnCall = call => call.Reject(486);
        Record(p => p.Name == "ACK");
        caller.Invite(new UacInvite { Target = "sip:1@198.51.100.2:5060" });
        wire.Pass(40);
        sent.Count(s => s.Name == "486 INVITE").ShouldBe(11);
        Gone(callee);
    }

    [Fact]
    public void A_long_ring_is_refreshed_each_minute()
    {
        callee.OnCall = call => call.Ringing();
        Record(_ => false);
        caller.Invite(new UacInvite { Target = "sip:1@198.51.100.2:5060" });
        wire.Pass(130);
        sent.Where(s => s.Name == "180 INVITE").Select(s => s.At).ShouldBe([0, 60, 120]);
    }

    [Fact]
    public void On_a_connection_nothing_is_repeated_but_the_2xx()
    {
        Record(p => p.Name is "INVITE");
        var call = caller.Invite(new UacInvite { Target = "sip:1@198.51.100.2:5060;transport=tcp" });
        wire.Pass(40);
        sent.Count.ShouldBe(1);
        caller.EndOf(call).Code.ShouldBe(408);
    }

    private UacCall Talk()
    {
        callee.OnCall = call =>
        {
            call.Ringing();
            call.Answer(Phone.Sdp);
        };
        var call = caller.Invite(new UacInvite { Target = "sip:1@198.51.100.2:5060" });
        wire.Settle();
        return call;
    }

    private void Record(Func<Packet, bool> lose)
    {
        sent.Clear();
        wire.Lose = p =>
        {
            sent.Add((p.Name, (wire.Clock.GetUtcNow() - start).TotalSeconds));
            return lose(p);
        };
    }

    private static void Gone(Station station)
    {
        station.Agent.Transactions.Count.ShouldBe(0);
        station.Agent.Transactions.Waiting.ShouldBe(0);
        station.Agent.CallCount.ShouldBe(0);
        station.Errors.ShouldBeEmpty();
    }
}
