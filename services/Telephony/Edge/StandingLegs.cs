using System.Collections.Concurrent;
using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Sip.Calls;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Trunks;

namespace CallCenter.Telephony.Edge;

/// <summary>
/// Agents' legs that stay up for a whole shift: a browser whose agent wants one calls <c>sip:standing-leg@…</c>, a phone is called
/// (<see cref="ShiftPhones"/>), and callers are joined to it (<see cref="JoinedLeg"/>) instead of ringing the device. One an agent, the newest; a
/// page that is back elsewhere ends that of the page before.
/// </summary>
internal sealed class StandingLegs
{
    /// <summary>User part of its URI.</summary>
    public const string User = "standing-leg";

    /// <summary>Of the page's registered agents; each holds a port.</summary>
    public const int Max = 2000;

    private readonly ConcurrentDictionary<Guid, StandingLeg> open = new();
    private readonly Registrations registrations;
    private readonly MediaEngine engine;
    private readonly TelephonyOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<StandingLegs> logger;

    public StandingLegs(Registrations registrations, MediaEngine engine, TelephonyOptions options, TimeProvider clock, ILogger<StandingLegs> logger)
    {
        (this.registrations, this.engine, this.options, this.clock, this.logger) = (registrations, engine, options, clock, logger);
        registrations.PageCame += (agent, page) =>
        {
            if (open.TryGetValue(agent, out var leg) && !leg.IsPhone && leg.Device != page)
            {
                leg.Call.End(LegEnd.Lost);
            }
        };
    }

    /// <summary>A leg is free again, or over.</summary>
    public event Action<Guid>? Changed;

    /// <summary>Calls the phone of an agent who wants a leg and has none; null where there is nothing to call.</summary>
    public Func<Guid, StandingLeg?> CallPhone { get; set; } = _ => null;

    /// <summary>The agent's, when it can be joined or is in use; null when there is none.</summary>
    public StandingLeg? Of(Guid agent) => open.GetValueOrDefault(agent);

    /// <summary>The agent's leg for a caller who is there: its phone is called where it should have been by now.</summary>
    public StandingLeg? For(Guid agent) => Of(agent) ?? CallPhone(agent);

    /// <summary>Keeps the leg of a phone that is being called; null when there are too many.</summary>
    public StandingLeg? Begin(Guid agent, PhoneLine line)
    {
        if (open.Count >= Max)
        {
            return null;
        }
        var leg = new StandingLeg(line, _ => Changed?.Invoke(agent), over => Over(agent, over));
        if (!open.TryAdd(agent, leg))
        {
            return null;
        }
        line.Told = leg.Take;
        Log.StandingLegBegan(logger, agent);
        return leg;
    }

    /// <summary>Takes the call of a user who is registered by that socket, on the endpoint's loop.</summary>
    public void Take(UasCall sip)
    {
        if (!Guid.TryParse(sip.Request.FromUser, out var agent))
        {
            sip.Reject(403);
            return;
        }
        if (open.TryGetValue(agent, out var older))
        {
            if (older is { IsPhone: true, IsTaken: true })
            {
                // The conversation at the phone goes on; the page calls again.
                sip.Reject(486);
                return;
            }
            older.Call.End(LegEnd.Lost);
        }
        var page = registrations.Of(agent).FirstOrDefault(binding => binding.Flow == sip.Flow)?.Contact;
        if (page is null || open.Count >= Max)
        {
            sip.Reject(503, retryAfterSeconds: Admission.RetryAfterSeconds);
        }
        else if (BrowserCall.Take(sip, "agent", engine, options, clock) is { } call)
        {
            open[agent] = new StandingLeg(call, page, _ => Changed?.Invoke(agent), over => Over(agent, over));
            Log.StandingLegBegan(logger, agent);
            call.Answer();
        }
    }

    /// <summary>The gateway stops; calls that were joined have ended.</summary>
    public void Stop()
    {
        foreach (var (_, leg) in open)
        {
            leg.Call.End(LegEnd.GatewayStopped);
        }
    }

    private void Over(Guid agent, StandingLeg leg)
    {
        open.TryRemove(new(agent, leg));
        Log.StandingLegEnded(logger, agent);
        Changed?.Invoke(agent);
    }
}
