using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Routing.Agents;

/// <summary>
/// What becomes of an agent: (record, input, time) -> record. An input that does not fit leaves the record as it is.
/// <code>
/// Idle --reserve--> Reserved --ringing--> Ringing --talking--> Talking &lt;--> Hold, Consulting --wrap-up--> WrapUp --rest--> Idle
///                     \--------release-------/                                         Idle &lt;--device--> Unreachable
/// </code>
/// </summary>
internal static class AgentRules
{
    /// <summary>From reserve to the first news of the leg.</summary>
    public static readonly TimeSpan ReservationDeadline = TimeSpan.FromSeconds(2);

    /// <summary>A conversation has no end of its own: its owner is asked this often.</summary>
    public static readonly TimeSpan TalkDeadline = TimeSpan.FromSeconds(60);

    /// <summary>What a deadline leaves to its owner, the contact, before the agent asks.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Missed offers in a row after which the agent is taken out.</summary>
    public const int MissesMax = 2;

    public const string NoAnswerReason = "NoAnswer";

    /// <summary>Who was logged out so long begins a new shift: what is counted for a fair share of the work begins anew.</summary>
    public static readonly TimeSpan ShiftPause = TimeSpan.FromHours(4);

    /// <summary>
    /// Whether the status takes effect now, and what then; while busy it waits, but logging out before the answer does not: the agent has left, and
    /// is free again when the phone rings no more.
    /// </summary>
    public static AgentRecord Choose(AgentRecord agent, AgentStatus status, string? reason, string by, DateTimeOffset at)
    {
        if (agent.Engagement is null)
        {
            return Rest(agent with { Next = new NextStatus(status, reason, by) }, at);
        }

        return status == AgentStatus.LoggedOut && IsBeforeAnswer(agent)
            ? agent with { Next = null, Status = status, Reason = reason, StatusSince = agent.Status == status ? agent.StatusSince : Later(at, agent.StatusSince), Misses = 0 }
            : agent with { Next = new NextStatus(status, reason, by) };
    }

    /// <summary>Compare-and-set: only an agent who can be offered is reserved.</summary>
    public static AgentRecord Reserve(AgentRecord agent, Engagement engagement, DateTimeOffset at, Guid? turn = null) => agent.CanBeOffered
        ? Enter(agent, AgentState.Reserved, at, at + ReservationDeadline) with
        {
            Engagement = engagement, Device = agent.Device! with { IsTried = true }, Turns = turn is { } queue ? new Dictionary<Guid, long>(agent.Turns) { [queue] = at.UtcTicks } : agent.Turns,
        }
        : agent;

    public static AgentRecord Ring(AgentRecord agent, Guid leg, DateTimeOffset deadline, DateTimeOffset at) =>
        IsEngagedWith(agent, leg) && agent.State == AgentState.Reserved
            ? Enter(agent, AgentState.Ringing, at, deadline + Grace)
            : agent;

    /// <summary>The gateway says that caller and agent hear each other: the truth, whatever was thought before.</summary>
    public static AgentRecord Talk(AgentRecord agent, Engagement engagement, DateTimeOffset at) =>
        IsEngagedWith(agent, engagement.Leg) && agent.State == AgentState.Talking
            ? agent
            : Enter(agent, AgentState.Talking, at, Later(at, agent.StateSince) + TalkDeadline) with { Engagement = engagement, Misses = 0, Contacts = Counted(agent, engagement) };

    /// <summary>The agent speaks apart from the caller, with whom it asked or who asked it.</summary>
    public static AgentRecord Consult(AgentRecord agent, Engagement engagement, DateTimeOffset at) =>
        IsEngagedWith(agent, engagement.Leg) && agent.State == AgentState.Consulting
            ? agent
            : Enter(agent, AgentState.Consulting, at, Later(at, agent.StateSince) + TalkDeadline) with { Engagement = engagement, Misses = 0, Contacts = Counted(agent, engagement) };

    public static AgentRecord Hold(AgentRecord agent, Guid leg, bool held, DateTimeOffset at) =>
        IsEngagedWith(agent, leg) && agent.State == (held ? AgentState.Talking : AgentState.Hold)
            ? Enter(agent, held ? AgentState.Hold : AgentState.Talking, at, Later(at, agent.StateSince) + TalkDeadline)
            : agent;

    public static AgentRecord WrapUp(AgentRecord agent, Guid leg, DateTimeOffset deadline, DateTimeOffset at) =>
        IsEngagedWith(agent, leg) && agent.State is AgentState.Talking or AgentState.Hold or AgentState.Consulting
            ? Enter(agent, AgentState.WrapUp, at, deadline + Grace)
            : agent;

    /// <summary>The wrap-up is over, or the conversation that the agent was thought to be in is not there.</summary>
    public static AgentRecord Free(AgentRecord agent, Guid leg, DateTimeOffset at) => IsEngagedWith(agent, leg) ? Rest(agent, at) : agent;

    /// <summary>The offer ended without an answer: a miss of the agent's counts, a second one in a row takes the agent out.</summary>
    public static AgentRecord Release(AgentRecord agent, Guid leg, OfferOutcome outcome, DateTimeOffset at)
    {
        if (!IsEngagedWith(agent, leg) || !IsBeforeAnswer(agent))
        {
            return agent;
        }

        var misses = outcome is OfferOutcome.NoAnswer or OfferOutcome.Rejected ? agent.Misses + 1 : agent.Misses;
        var idleSince = agent.IdleSince;
        var missed = misses >= MissesMax
            ? agent with { Misses = 0, Next = agent.Next ?? new NextStatus(AgentStatus.Break, NoAnswerReason, "rule") }
            : agent with { Misses = misses };
        // A registration that was told during the offer may be later than its end: it has not been tried.
        var device = outcome == OfferOutcome.Unreachable && agent.Device is { IsTried: true } ? null : agent.Device;
        return Rest(missed with { Device = device }, at) with { IdleSince = misses > agent.Misses ? at : idleSince };
    }

    /// <summary>A device registered, again or anew.</summary>
    public static AgentRecord Reach(AgentRecord agent, Device device, DateTimeOffset at) =>
        Rested(agent with { Device = device.Until > at ? device : null }, at);

    /// <summary>The device left, or its registration ended.</summary>
    public static AgentRecord Unreach(AgentRecord agent, DateTimeOffset at) => Rested(agent with { Device = null }, at);

    /// <summary>The owner gave the truth: the state goes on until then.</summary>
    public static AgentRecord Extend(AgentRecord agent, DateTimeOffset deadline) => agent with { Deadline = deadline };

    public static bool IsEngagedWith(AgentRecord agent, Guid leg) => agent.Engagement?.Leg == leg;

    /// <summary>Logged out before the answer: the contact takes the leg back.</summary>
    public static bool HasLeft(AgentRecord agent) => agent.Status == AgentStatus.LoggedOut && IsBeforeAnswer(agent);

    public static bool IsBeforeAnswer(AgentRecord agent) => agent.State is AgentState.Reserved or AgentState.Ringing;

    /// <summary>The end of any work: the status chosen meanwhile takes effect; logging in clears the misses.</summary>
    private static AgentRecord Rest(AgentRecord agent, DateTimeOffset at)
    {
        var free = agent with { Engagement = null };
        if (agent.Next is { } next)
        {
            free = (next.Status, next.Reason) == (agent.Status, agent.Reason)
                ? free with { Next = null }
                : free with { Next = null, Status = next.Status, Reason = next.Reason, StatusSince = Later(at, agent.StatusSince), Misses = 0 };
        }

        if (agent.Status == AgentStatus.LoggedOut && free.Status != AgentStatus.LoggedOut && at - agent.StatusSince >= ShiftPause)
        {
            free = free with { Contacts = 0, TalkMs = 0 };
        }

        var wasBusy = agent.Engagement is not null || free.Status != agent.Status;
        return Rested(wasBusy ? free with { IdleSince = at } : free, at);
    }

    /// <summary>Idle or Unreachable, as the device is; a busy agent stays busy.</summary>
    private static AgentRecord Rested(AgentRecord agent, DateTimeOffset at)
    {
        if (agent.Engagement is not null)
        {
            return agent;
        }

        var state = agent.Device is null && agent.Status != AgentStatus.LoggedOut ? AgentState.Unreachable : AgentState.Idle;
        return agent.State == state ? agent with { Deadline = null } : Enter(agent, state, at, null);
    }

    private static AgentRecord Enter(AgentRecord agent, AgentState state, DateTimeOffset at, DateTimeOffset? deadline)
    {
        var since = Later(at, agent.StateSince);
        var talked = IsTalk(agent.State) ? (long)(since - agent.StateSince).TotalMilliseconds : 0;
        return agent with { State = state, StateSince = since, Deadline = deadline, TalkMs = agent.TalkMs + talked };
    }

    /// <summary>A leg that was not in conversation before is one more contact.</summary>
    private static int Counted(AgentRecord agent, Engagement engagement) =>
        IsEngagedWith(agent, engagement.Leg) && IsTalk(agent.State) ? agent.Contacts : agent.Contacts + 1;

    private static bool IsTalk(AgentState state) => state is AgentState.Talking or AgentState.Hold or AgentState.Consulting;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}

/// <summary>How a refused leg ends its offer.</summary>
internal static class Refusals
{
    public static OfferOutcome OutcomeOf(LegRefusal refusal) => refusal switch
    {
        LegRefusal.NoAnswer => OfferOutcome.NoAnswer,
        LegRefusal.Busy or LegRefusal.Rejected => OfferOutcome.Rejected,
        LegRefusal.Unreachable => OfferOutcome.Unreachable,
        LegRefusal.Withdrawn => OfferOutcome.CallerGone,
        _ => OfferOutcome.Failed,
    };
}
