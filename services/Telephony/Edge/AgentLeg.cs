using System.Diagnostics;
using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Sdp;
using CallCenter.Telephony.Anchor;
using ActionsOfTable = System.Collections.Generic.IReadOnlyList<CallCenter.Telephony.Edge.EdgeAction>;

namespace CallCenter.Telephony.Edge;

/// <summary>
/// The far side of a leg: INVITEs to an agent's devices or to a number outside, the dialog with the one that answered, its media. Runs
/// on the call's mailbox, decided by <see cref="AgentLegTable"/>; reports to the anchor by a direct call.
/// </summary>
internal sealed class AgentLeg : IEdgeLeg
{
    private readonly CallServices services;
    private readonly LegOrder order;
    private readonly Action<Action> post;
    private readonly Action<CallInput> report;
    private readonly Activity? span;
    private readonly SilenceWatch silence;
    private readonly DeviceWatch watch;
    private RingingMedia? ringing;
    private Device[] devices = [];
    private EdgeState state = EdgeState.Inviting(0);
    private ITimer? ringTimer;
    private Referral? referral;
    private bool keysComeAsEvents, isDropped;

    /// <param name="services">The gateway.</param>
    /// <param name="order">Whom to ring.</param>
    /// <param name="post">Puts work on the call's mailbox.</param>
    /// <param name="report">The anchor.</param>
    /// <param name="trace">The call's span.</param>
    public AgentLeg(CallServices services, LegOrder order, Action<Action> post, Action<CallInput> report, string? trace)
    {
        this.services = services;
        this.order = order;
        this.post = post;
        this.report = report;
        span = Telemetry.StartDetached("agent leg", ActivityKind.Client, trace)?.SetTag("callcenter.leg", order.Leg).SetTag("callcenter.agent", order.Agent);
        silence = new SilenceWatch(services.MediaTimeout, services.Clock, () => post(() => Apply(new DeviceSilent())));
        watch = new DeviceWatch(services.BrowserTimeout, services.Clock, () => post(() => Apply(new DeviceGone())));
    }

    /// <inheritdoc/>
    public LegMedia? Media { get; private set; }

    /// <summary>What answered; null before.</summary>
    public LegTarget? Answered => state.Winner is { } winner ? devices[winner].Target : null;

    /// <summary>Rings every target, each with an offer of its kind, as soon as the agent's phones are free of the ring before.</summary>
    /// <param name="caller">Its audio is on the caller's thread; null: there is no caller yet.</param>
    public void Start(LegMedia? caller)
    {
        if (order.Role != LegRole.External && services.RingEnds.Free(order.Agent, [.. order.Targets.Select(t => t.Device)]) is { } free)
        {
            _ = RingSoon(caller, free);
        }
        else
        {
            Ring(caller, order.Targets);
        }
    }

    private async Task RingSoon(LegMedia? caller, Task<IReadOnlyList<string>> free)
    {
        var devices = await free;
        post(() => Ring(caller, [.. order.Targets.Where(t => devices.Contains(t.Device))]));
    }

    private void Ring(LegMedia? caller, IReadOnlyList<LegTarget> targets)
    {
        if (isDropped)
        {
            return;
        }
        ringing = new RingingMedia(services, caller, (media, e) => post(() => On(media, e)));
        var calls = targets.Select(t => (Target: t, Media: ringing.For(t.Security, t.Source))).Where(c => c.Media is not null).ToList();
        if (calls.Count == 0)
        {
            order.Outside?.Dispose();
            span?.SetStatus(ActivityStatusCode.Error, targets.Count == 0 ? "no device" : "no media ports").Dispose();
            report(new LegFailed(order.Leg, targets.Count == 0 ? LegRefusal.Unreachable : LegRefusal.Failed, 0));
            return;
        }
        Telemetry.LegsLive.Add(1);
        state = EdgeState.Inviting(calls.Count);
        devices = [.. calls.Select((c, index) => Invite(c.Target, index, c.Media!))];
        services.Registrations.PageCame += OnPageCame;
        ringTimer = services.Clock.CreateTimer(_ => post(() => Apply(new RingTimeout())), null, order.RingTime, Timeout.InfiniteTimeSpan);
        report(order.Trunk is { } trunk ? new NumberInvited(order.Leg, trunk) : new LegInvited(order.Leg));
    }

    /// <inheritdoc/>
    public Action<char, int>? Keys => state.Winner is { } winner ? devices[winner].Call.SendDtmf : null;

    /// <inheritdoc/>
    public void Drop(bool transferred = false)
    {
        isDropped = true;
        EndReferral(transferred);
        if (ringing is null)
        {
            order.Outside?.Dispose();
            span?.Dispose();
            return;
        }
        Apply(new Drop());
    }

    /// <summary>Tells the phone what came of the transfer it asked for, if it did.</summary>
    public void EndReferral(bool transferred) => referral?.Over(transferred ? 200 : 487);

    private Device Invite(LegTarget target, int index, LegMedia media)
    {
        var invite = target.Invite with
        {
            Sdp = media.Offered ?? media.Offer(order.Codec),
            // Ours comes first; this is the endpoint's own guard.
            RingTimeout = order.RingTime + TimeSpan.FromSeconds(10),
        };
        var ring = new RingEnds.Ring(services.RingEnds, order.Agent, target.Device);
        var call = services.Sip.Endpoint.Invite(invite, e =>
        {
            if (e is CallEnded)
            {
                ring.End();
            }
            post(() => On(index, e));
        });
        if (order.Ladder is { } ladder)
        {
            services.Ladders.Claim(ladder, call.CallId, order.Role, order.Leg);
        }
        return new Device(target, media, call, ring);
    }

    // A phone may speak TLS and yet no SRTP: then it gets a plain offer (RFC 3261 section 21.4.26).
    private bool CallsPlain(int index, CallEnded end)
    {
        var device = devices[index];
        if (end is not { Cause: SipEndCause.Refused, Code: 415 or 488 or 606 } || device.Media.Leg.Security != MediaSecurity.Sdes || state.Phase != EdgePhase.Inviting
            || ringing!.For(MediaSecurity.None, device.Target.Source) is not { } plain)
        {
            return false;
        }
        devices[index] = Invite(device.Target, index, plain);
        return true;
    }

    // A final answer that says that the trunk could not take the call; never after silence, for somebody may have got the INVITE.
    private bool CallsByNextTrunk(int index, CallEnded end)
    {
        if (order.NextTrunk is not { } next || state.Phase != EdgePhase.Inviting || state.Rang
            || end is not ({ Cause: SipEndCause.Refused, Code: 500 or 502 or 503 or 504 } or { Cause: SipEndCause.TransportError }) || next() is not { } target)
        {
            return false;
        }
        devices[index] = Invite(target, index, devices[index].Media);
        return true;
    }

    // The agent is there in another page: the one that had the call was reloaded, killed or left, and is not waited for.
    private void OnPageCame(Guid agent, string page)
    {
        if (agent == order.Agent)
        {
            post(() =>
            {
                if (state.Winner is { } winner && devices[winner].Target.Page is { } own && own != page)
                {
                    Apply(new DeviceGone());
                }
            });
        }
    }

    private void On(LegMedia media, MediaEvent e)
    {
        if (media == Media)
        {
            silence.On(e, media);
            watch.On(e);
            if (e is CallCenter.Media.AnswerDetected { Answer: var heard })
            {
                report(Call.Of(order.Leg, heard));
            }
            keysComeAsEvents |= e is DigitReceived;
        }
    }

    private void On(int index, SipCallEvent e)
    {
        var device = devices[index];
        switch (e)
        {
            case CallProgress { Code: >= 180 }:
                Apply(new DeviceRings(index));
                break;
            case Sip.Calls.CallAnswered a when !device.Answered:
                device.Answered = true;
                Take(index, a.Sdp);
                break;
            case CallOffer o:
                Reoffered(index, o);
                break;
            case CallRefer r:
                Refers(index, r);
                break;
            // By RFC 4733 a key passes with the audio; of a phone that sends it both ways it would count twice.
            case CallInfo { Digit: { } digit } when state.Phase == EdgePhase.Up && state.Winner == index && !keysComeAsEvents:
                report(new LegPressed(order.Leg, digit));
                break;
            case CallEnded x when device.Answered:
                Apply(new DeviceEnded(index, x.Cause == SipEndCause.RemoteBye ? LegEnd.PartyHungUp : LegEnd.Lost));
                break;
            case CallEnded x when !CallsPlain(index, x) && !CallsByNextTrunk(index, x):
                Apply(new DeviceRefused(index, x.Code));
                break;
        }
    }

    private void Take(int index, string? sdp)
    {
        if (state.Phase == EdgePhase.Inviting && (sdp is null || devices[index].Media.Accept(sdp) is SdpRefused))
        {
            devices[index].Call.Bye();
            Apply(new DeviceRefused(index, 488));
            return;
        }
        Apply(new DeviceAnswered(index));
    }

    // The phone's own transfer: the call's controller decides, the phone is told how it went.
    private void Refers(int index, CallRefer asked)
    {
        var attended = asked.Replaces is not null;
        var agent = attended ? null : services.Registrations.AgentOf(asked.User);
        if (state.Phase != EdgePhase.Up || state.Winner != index || order.Role != LegRole.Agent || (!attended && agent is null && !Referral.IsNumber(asked.User)))
        {
            asked.Reject(603);
            return;
        }
        referral?.Forget();
        referral = new Referral(asked, services.Clock, post);
        report(new LegRefers(order.Leg, agent, attended || agent is not null ? null : asked.User, attended));
    }

    private void Reoffered(int index, CallOffer offer)
    {
        if (state.Phase != EdgePhase.Up || state.Winner != index)
        {
            offer.Reject(488);
            return;
        }
        if (offer.Sdp is null)
        {
            offer.Accept(Media!.Offer(order.Codec));
            return;
        }
        switch (Media!.Answer(offer.Sdp))
        {
            case SdpAgreed agreed:
                offer.Accept(agreed.Local.ToString());
                Media.Connect(devices[index].Target.Source);
                Apply(new DeviceReoffered(index, agreed.Audio.IsHeld));
                break;
            case SdpRefused refused:
                offer.Reject(refused.Code);
                break;
        }
    }

    private void Apply(EdgeInput input)
    {
        (state, var actions) = AgentLegTable.Apply(state, input);
        Run(actions);
    }

    private void Run(ActionsOfTable actions)
    {
        foreach (var action in actions)
        {
            switch (action)
            {
                case EndDevice d:
                    devices[d.Device].Ring.Tell();
                    devices[d.Device].Call.Bye();
                    break;
                case OpenMedia m:
                    ringTimer?.Dispose();
                    Media = devices[m.Device].Media;
                    ringing!.Keep(Media);
                    Media.Connect(devices[m.Device].Target.Source);
                    order.Outside?.Answered(() => post(() => Apply(new MinuteUnpaid())));
                    break;
                case CloseLeg:
                    Close();
                    break;
                case Report r:
                    report(Translate(r));
                    break;
            }
        }
    }

    private CallInput Translate(Report report) => report switch
    {
        ReportRinging => new LegRings(order.Leg),
        ReportTaken => new LegTaken(order.Leg),
        ReportFailed f => new LegFailed(order.Leg, f.Refusal.Kind, f.Refusal.SipStatus),
        ReportGone g => new LegGone(order.Leg, g.End),
        ReportHold { Held: true } => new LegHeld(order.Leg),
        ReportHold => new LegRetrieved(order.Leg),
        _ => throw new InvalidOperationException($"{report} is not known to the anchor"),
    };

    private void Close()
    {
        Telemetry.LegsLive.Add(-1);
        services.Registrations.PageCame -= OnPageCame;
        ringTimer?.Dispose();
        silence.Stop();
        watch.Stop();
        ringing!.Close();
        order.Outside?.Dispose();
        referral?.Forget();
        span?.Dispose();
    }

    private sealed class Device(LegTarget target, LegMedia media, UacCall call, RingEnds.Ring ring)
    {
        public LegTarget Target { get; } = target;
        public LegMedia Media { get; } = media;
        public UacCall Call { get; } = call;
        public RingEnds.Ring Ring { get; } = ring;
        public bool Answered { get; set; }
    }
}
