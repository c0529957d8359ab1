using CallCenter.Contracts.Routing;
using CallCenter.Routing.Agents;

namespace CallCenter.Routing.Tests.Agents;

public class AgentRulesTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    private static readonly Engagement Contact = new(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());

    private static AgentRecord Available => new()
    {
        Id = Guid.NewGuid(), Operator = Guid.NewGuid(), User = "aino", Status = AgentStatus.Available, StatusSince = Start,
        State = AgentState.Idle, StateSince = Start, IdleSince = Start, Device = new Device("gw", Start.AddHours(1)),
    };

    private static AgentRecord Reserved => AgentRules.Reserve(Available, Contact, At(1));

    private static AgentRecord Ringing => AgentRules.Ring(Reserved, Contact.Leg, At(21), At(2));

    private static AgentRecord Talking => AgentRules.Talk(Ringing, Contact, At(5));

    private static AgentRecord WrappingUp => AgentRules.WrapUp(Talking, Contact.Leg, At(75), At(60));

    public static TheoryData<string, string> Busy => new()
    {
        { nameof(Reserved), nameof(AgentState.Reserved) }, { nameof(Ringing), nameof(AgentState.Ringing) },
        { nameof(Talking), nameof(AgentState.Talking) }, { nameof(WrappingUp), nameof(AgentState.WrapUp) },
    };

    [Theory]
    [MemberData(nameof(Busy))]
    public void Every_busy_state_has_an_owner_and_a_deadline(string how, string state)
    {
        var agent = Make(how);
        agent.State.ToString().ShouldBe(state);
        agent.Engagement.ShouldBe(Contact);
        agent.Deadline.ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Busy))]
    public void A_busy_agent_is_not_reserved_again(string how, string state)
    {
        var agent = Make(how);
        AgentRules.Reserve(agent, new Engagement(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()), At(70)).ShouldBeSameAs(agent, state);
    }

    [Theory]
    [MemberData(nameof(Busy))]
    public void Logging_gonetakes_effect_at_once_only_before_the_answer(string how, string state)
    {
        var agent = AgentRules.Choose(Make(how), AgentStatus.LoggedOut, null, "agent", At(70));
        var atOnce = state is nameof(AgentState.Reserved) or nameof(AgentState.Ringing);
        agent.Status.ShouldBe(atOnce ? AgentStatus.LoggedOut : AgentStatus.Available);
        agent.Engagement.ShouldBe(Contact, "the phone may ring until the contact has taken its leg back");
        AgentRules.HasLeft(agent).ShouldBe(atOnce);
    }

    [Theory]
    [MemberData(nameof(Busy))]
    public void Any_other_status_waits_and_the_latest_choice_wins(string how, string state)
    {
        var agent = AgentRules.Choose(Make(how), AgentStatus.Break, "Lunch", "agent", At(70));
        agent = AgentRules.Choose(agent, AgentStatus.Meeting, null, "supervisor", At(71));
        agent.Status.ShouldBe(AgentStatus.Available, state);
        agent = AgentRules.Free(agent, Contact.Leg, At(80));
        (agent.Status, agent.State, agent.Engagement, agent.Next).ShouldBe((AgentStatus.Meeting, AgentState.Idle, null, null));
    }

    [Theory]
    [InlineData(OfferOutcome.NoAnswer, true)]
    [InlineData(OfferOutcome.Rejected, true)]
    [InlineData(OfferOutcome.CallerGone, false)]
    [InlineData(OfferOutcome.Failed, false)]
    [InlineData(OfferOutcome.Lapsed, false)]
    public void Only_the_agents_own_misses_count(OfferOutcome outcome, bool counts)
    {
        var agent = Available;
        for (var i = 0; i < AgentRules.MissesMax; i++)
        {
            agent = AgentRules.Release(AgentRules.Reserve(agent, Contact, At(i)), Contact.Leg, outcome, At(i));
        }

        (agent.Status, agent.Reason).ShouldBe(counts ? (AgentStatus.Break, AgentRules.NoAnswerReason) : (AgentStatus.Available, null));
        agent.State.ShouldBe(AgentState.Idle);
    }

    [Fact]
    public void An_answer_clears_the_misses()
    {
        var missed = AgentRules.Release(Reserved, Contact.Leg, OfferOutcome.NoAnswer, At(3));
        missed.Misses.ShouldBe(1);
        AgentRules.Talk(AgentRules.Reserve(missed, Contact, At(4)), Contact, At(5)).Misses.ShouldBe(0);
    }

    [Fact]
    public void What_the_caller_caused_does_not_cost_the_agent_its_turn()
    {
        AgentRules.Release(Reserved, Contact.Leg, OfferOutcome.CallerGone, At(9)).IdleSince.ShouldBe(Start);
        AgentRules.Release(Reserved, Contact.Leg, OfferOutcome.NoAnswer, At(9)).IdleSince.ShouldBe(At(9));
    }

    [Fact]
    public void Reachability_counts_at_rest_and_never_ends_a_conversation()
    {
        AgentRules.Unreach(Available, At(1)).State.ShouldBe(AgentState.Unreachable);
        AgentRules.Reach(AgentRules.Unreach(Available, At(1)), new Device("gw", At(100)), At(2)).State.ShouldBe(AgentState.Idle);
        var talking = AgentRules.Unreach(Talking, At(6));
        talking.State.ShouldBe(AgentState.Talking);
        AgentRules.Free(talking, Contact.Leg, At(9)).State.ShouldBe(AgentState.Unreachable);
        AgentRules.Choose(AgentRules.Unreach(Available, At(1)), AgentStatus.LoggedOut, null, "agent", At(2)).State.ShouldBe(AgentState.Idle);
    }

    [Fact]
    public void A_device_told_during_an_offer_outlasts_its_end_as_unreachable()
    {
        AgentRules.Release(Reserved, Contact.Leg, OfferOutcome.Unreachable, At(9)).State.ShouldBe(AgentState.Unreachable);
        var told = AgentRules.Reach(Reserved, new Device("gw", At(100)), At(8));
        AgentRules.Release(told, Contact.Leg, OfferOutcome.Unreachable, At(9)).State.ShouldBe(AgentState.Idle);
    }

    /// <summary>Each registration is tried once: offer and refusal may come within the same millisecond as it was told.</summary>
    [Fact]
    public void A_phone_that_is_away_is_not_offered_again_until_it_registers_anew()
    {
        var told = AgentRules.Reach(Available, new Device("gw", At(100)), At(1));
        var away = AgentRules.Release(AgentRules.Reserve(told, Contact, At(1)), Contact.Leg, OfferOutcome.Unreachable, At(1));
        AgentRules.Reserve(away, Contact, At(1)).ShouldBeSameAs(away);
        var back = AgentRules.Reach(away, new Device("gw", At(100)), At(1));
        AgentRules.Reserve(back, Contact, At(1)).State.ShouldBe(AgentState.Reserved);
    }

    [Fact]
    public void News_of_another_leg_change_nothing()
    {
        var other = Guid.NewGuid();
        var agent = Talking;
        AgentRules.Free(agent, other, At(9)).ShouldBeSameAs(agent);
        AgentRules.WrapUp(agent, other, At(20), At(9)).ShouldBeSameAs(agent);
        AgentRules.Hold(agent, other, true, At(9)).ShouldBeSameAs(agent);
        AgentRules.Release(agent, Contact.Leg, OfferOutcome.NoAnswer, At(9)).ShouldBeSameAs(agent, "an answered leg is no offer any more");
    }

    [Fact]
    public void Time_never_goes_back()
    {
        var agent = AgentRules.Talk(Ringing, Contact, At(-30));
        agent.StateSince.ShouldBe(At(2));
    }

    [Fact]
    public void A_shift_counts_contacts_and_conversation_with_hold_and_consulting()
    {
        var held = AgentRules.Hold(Talking, Contact.Leg, true, At(10));
        var again = AgentRules.Talk(AgentRules.Consult(held, Contact, At(20)), Contact, At(30));
        var done = AgentRules.Free(AgentRules.WrapUp(again, Contact.Leg, At(75), At(60)), Contact.Leg, At(70));
        (done.Contacts, done.TalkMs).ShouldBe((1, 55_000));
        var unanswered = AgentRules.Release(AgentRules.Reserve(done, Contact, At(80)), Contact.Leg, OfferOutcome.NoAnswer, At(100));
        (unanswered.Contacts, unanswered.TalkMs).ShouldBe((1, 55_000));
    }

    [Theory]
    [InlineData(239, 1)]
    [InlineData(240, 0)]
    public void A_login_after_four_hours_begins_a_new_shift(int minutes, int contacts)
    {
        var gone = AgentRules.Choose(AgentRules.Free(WrappingUp, Contact.Leg, At(70)), AgentStatus.LoggedOut, null, "agent", At(100));
        var back = AgentRules.Choose(gone, AgentStatus.Break, null, "agent", At(100 + (60 * minutes)));
        (back.Contacts, back.TalkMs).ShouldBe((contacts, contacts * 55_000));
    }

    private static AgentRecord Make(string how) => how switch
    {
        nameof(Reserved) => Reserved,
        nameof(Ringing) => Ringing,
        nameof(Talking) => Talking,
        _ => WrappingUp,
    };

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);
}
