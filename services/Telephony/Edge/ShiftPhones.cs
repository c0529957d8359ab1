using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Sip.Messages;
using CallCenter.Telephony.Anchor;

namespace CallCenter.Telephony.Edge;

/// <summary>
/// Calls the SIP phones of agents whose line stays open for the shift, once, when the agent comes to work, and keeps the call as the agent's
/// standing leg. An agent who has a page open is called by nobody: the page calls.
/// <code>
///   at work, idle, registered ──> called ──answered──> up ──> joined and left by each contact
///                                   └──refused──┐      ├──lost──> called again, after 2, 4, 8, 16, 32 s
///                                               v      └──hung up──┐
///                       given up: contacts ring the phone <────────┘ until the agent is Available or registered anew
/// </code>
/// </summary>
internal sealed class ShiftPhones
{
    /// <summary>The phone rings so long.</summary>
    public static readonly TimeSpan RingTime = TimeSpan.FromSeconds(30);

    private const int LossesMax = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Line> lines = [];
    private readonly CallServices services;
    private readonly Calls calls;
    private readonly AgentDuties duties;
    private volatile bool isStopped;

    public ShiftPhones(CallServices services, Calls calls, AgentDuties duties)
    {
        (this.services, this.calls, this.duties) = (services, calls, duties);
        duties.Changed += OnDuty;
        services.Standing.CallPhone = Call;
        services.Standing.Changed += OnLeg;
        services.Registrations.PageCame += (agent, _) => Look(agent);
        services.Registrations.PhoneCame += agent =>
        {
            Forget(agent);
            Look(agent);
        };
    }

    /// <summary>No phone is called any more.</summary>
    public void Stop()
    {
        isStopped = true;
        lock (gate)
        {
            foreach (var line in lines.Values)
            {
                line.Timer?.Dispose();
            }
        }
    }

    private void OnDuty(Guid agent, AgentDuty? before, AgentDuty now)
    {
        if (IsOccasion(before, now))
        {
            Forget(agent);
        }
        Look(agent);
    }

    // What came of the calls so far counts no more; a leg that is there stays.
    private void Forget(Guid agent)
    {
        lock (gate)
        {
            if (lines.TryGetValue(agent, out var old))
            {
                old.Timer?.Dispose();
                lines[agent] = new Line(Leg: old.Leg);
            }
        }
    }

    /// <summary>The setting was chosen, the agent came to work or became Available, or its phone is back.</summary>
    private static bool IsOccasion(AgentDuty? before, AgentDuty now) =>
        before is null
        || (now.WantsLeg && !before.WantsLeg)
        || (now.Status == AgentStatus.Available && before.Status != AgentStatus.Available)
        || (now.State != AgentState.Unreachable && before.State == AgentState.Unreachable);

    /// <summary>What should be, is made so.</summary>
    private void Look(Guid agent)
    {
        var leg = services.Standing.Of(agent);
        if (!Wants(agent))
        {
            if (leg is { IsPhone: true, IsTaken: false })
            {
                leg.Call.End(LegEnd.Ended);
            }
        }
        else if (leg is null && duties.Of(agent) is { State: AgentState.Idle } && !calls.Have(agent))
        {
            Call(agent);
        }
    }

    private bool Wants(Guid agent) =>
        duties.Of(agent) is { WantsLeg: true } && !services.Registrations.DevicesOf(agent).Any(d => d.IsBrowser);

    private StandingLeg? Call(Guid agent)
    {
        if (isStopped || !Wants(agent))
        {
            return null;
        }
        IReadOnlyList<Device> phones = [.. services.Registrations.Of(agent).Select(Device.Of)];
        StandingLeg? leg;
        PhoneLine line;
        lock (gate)
        {
            var known = lines.GetValueOrDefault(agent);
            if (phones.Count == 0 || known is { IsGivenUp: true })
            {
                return null;
            }
            line = new PhoneLine(services, Order(agent, phones));
            leg = services.Standing.Begin(agent, line);
            if (leg is null)
            {
                return services.Standing.Of(agent);
            }
            lines[agent] = (known ?? new Line()) with { Leg = leg };
        }
        line.Start();
        return leg;
    }

    private LegOrder Order(Guid agent, IReadOnlyList<Device> phones)
    {
        var host = services.Options.AdvertisedHost;
        var from = LegTarget.From(services.Registrations.OperatorName, StandingLegs.User, host);
        // RFC 5373 section 4; older phones know the second only.
        SipHeader[] byItself = [new("Answer-Mode", "Auto"), new("Call-Info", $"<sip:{host}>;answer-after=0")];
        return new(Guid.CreateVersion7(), agent, AudioCodec.Pcma, RingTime,
            [.. LegTarget.Devices(phones, from, resumes: false).Select(t => t with { Invite = t.Invite with { Headers = byItself } })]);
    }

    // Free again, or over.
    private void OnLeg(Guid agent)
    {
        lock (gate)
        {
            if (lines.GetValueOrDefault(agent) is { Leg.End: { } ended } line)
            {
                lines[agent] = After(agent, line with { Leg = null }, ended.End, ended.Refusal);
            }
        }
        Look(agent);
    }

    private Line After(Guid agent, Line line, LegEnd end, LegFailed? refusal)
    {
        var isLost = refusal is null ? end == LegEnd.Lost : refusal.Refusal == LegRefusal.Unreachable;
        if (isLost && line.Losses < LossesMax)
        {
            var timer = services.Clock.CreateTimer(_ => Again(agent), null, FirstPause * Math.Pow(2, line.Losses), Timeout.InfiniteTimeSpan);
            return line with { Losses = line.Losses + 1, IsGivenUp = true, Timer = timer };
        }
        Log.PhoneGivenUp(services.Logger, agent, refusal?.Refusal.ToString() ?? end.ToString());
        return line with { IsGivenUp = true };
    }

    private void Again(Guid agent)
    {
        lock (gate)
        {
            if (lines.GetValueOrDefault(agent) is { } line)
            {
                lines[agent] = line with { IsGivenUp = false, Timer = null };
            }
        }
        Look(agent);
    }

    /// <summary>An agent's line since the last occasion to call.</summary>
    /// <param name="IsGivenUp">Not called now.</param>
    /// <param name="Losses">How often it was lost.</param>
    private sealed record Line(bool IsGivenUp = false, int Losses = 0, StandingLeg? Leg = null, ITimer? Timer = null);
}
