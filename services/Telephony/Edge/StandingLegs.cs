using System.Collections.Concurrent;
using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Sip.Calls;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Trunks;

namespace CallCenter.Telephony.Edge;

/// <summary>
/// Agents' legs that stay up for a whole shift: a browser whose agent wants one calls <c>sip:standing-leg@…</c>, and callers are joined to
/// it (<see cref="JoinedLeg"/>) instead of ringing the browser. One an agent, the newest; a page that is back elsewhere ends that of the page before.
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
            if (open.TryGetValue(agent, out var leg) && leg.Page != page)
            {
                leg.Call.End(LegEnd.Lost);
            }
        };
    }

    /// <summary>The agent's, when it can be joined or is in use; null when there is none.</summary>
    public StandingLeg? Of(Guid agent) => open.GetValueOrDefault(agent);

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
            older.Call.End(LegEnd.Lost);
        }
        var page = registrations.Of(agent).FirstOrDefault(binding => binding.Flow == sip.Flow)?.Contact;
        if (page is null || open.Count >= Max)
        {
            sip.Reject(503, retryAfterSeconds: Admission.RetryAfterSeconds);
        }
        else if (BrowserCall.Take(sip, "agent", engine, options, clock) is { } call)
        {
            open[agent] = new StandingLeg(call, page, over =>
            {
                open.TryRemove(new(agent, over));
                Log.StandingLegEnded(logger, agent);
            });
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
}

/// <summary>One of them: free, or taken by one call at a time. From any thread.</summary>
internal sealed class StandingLeg
{
    /// <summary>Content type of what the page is told by INFO: <c>joined</c>, <c>left</c>.</summary>
    public const string ContentType = "application/vnd.callcenter.standing-leg";

    private readonly Lock gate = new();
    private readonly Action<StandingLeg> over;
    private JoinedLeg? holder;
    private bool isSecured;
    private bool isOver;

    public StandingLeg(BrowserCall call, string page, Action<StandingLeg> over)
    {
        (Call, Page, this.over) = (call, page, over);
        call.Heard = Heard;
        call.Pressed = digit => Holder?.Pressed(digit);
        call.Held = held => Holder?.Held(held);
        call.Ended = Ended;
    }

    public BrowserCall Call { get; }

    /// <summary>The Contact of the page that called.</summary>
    public string Page { get; }

    /// <summary>A call is joined to it.</summary>
    public bool IsTaken => Holder is not null;

    /// <summary>Its media is up.</summary>
    public bool IsReady
    {
        get
        {
            lock (gate)
            {
                return isSecured && !isOver;
            }
        }
    }

    private JoinedLeg? Holder
    {
        get
        {
            lock (gate)
            {
                return holder;
            }
        }
    }

    /// <summary>True: it is the call's until <see cref="Free"/>, and the page knows it. False when its media is not up yet, another call has it, or it is over.</summary>
    public bool TryTake(JoinedLeg joined)
    {
        lock (gate)
        {
            if (holder is not null || !isSecured || isOver)
            {
                return false;
            }
            holder = joined;
        }
        Call.Tell(ContentType, "joined");
        return true;
    }

    /// <summary>The call needs it no more: it stays up, silent.</summary>
    public void Free(JoinedLeg joined)
    {
        lock (gate)
        {
            if (holder != joined)
            {
                return;
            }
            Call.Media.Leg.Leave();
            Call.Media.Leg.Play(HoldTune.Silence, PlayMode.Loop);
            holder = null;
        }
        Call.Tell(ContentType, "left");
    }

    private void Heard(MediaEvent e)
    {
        if (e is MediaSecured)
        {
            // Silence in packets: the page sees that its way is alive, and nothing on it forgets the address.
            Call.Media.Leg.Play(HoldTune.Silence, PlayMode.Loop);
            lock (gate)
            {
                isSecured = true;
            }
        }
        Holder?.Heard(e);
    }

    private void Ended(LegEnd end)
    {
        JoinedLeg? last;
        lock (gate)
        {
            (last, holder, isOver) = (holder, null, true);
        }
        over(this);
        last?.Gone(end);
    }
}
