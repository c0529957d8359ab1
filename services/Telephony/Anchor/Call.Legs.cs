using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Sip.Calls;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Trunks;

namespace CallCenter.Telephony.Anchor;

/// <summary>What the call does with its legs: rings and dials, bridges and mixes, records, sends keys.</summary>
internal sealed partial class Call
{
    private void DoWithLeg(CallAction action)
    {
        switch (action)
        {
            case InviteAgent i:
                Invite(i);
                break;
            case DropAgent d when legs.Remove(d.Leg, out var gone):
                gone.Drop(d.Transferred);
                break;
            case DialOut o:
                Dial(o);
                break;
            case Bridge or HoldBridge or Unbridge or Mix:
                voices.Arrange(action, MediaOf);
                break;
            case SendKeys k:
                SendKeys(k);
                break;
            case MuteRecording m:
                recordings.Mute(m.Recording, m.Muted);
                break;
            case StartRecording s:
                recordings.Start(s.Recording, s.Agent, arrival.Media.Leg, legs[s.Leg].Media!.Leg);
                voices.Record();
                break;
            case StartMessage m:
                recordings.StartMessage(m.Recording, arrival.Media.Leg, m.Silence);
                break;
            case StopRecording s:
                recordings.Stop(s.Recording);
                break;
            default:
                DoWithSound(action);
                break;
        }
    }

    private void Invite(InviteAgent order)
    {
        var from = LegTarget.From(arrival.Number.Tenant.Name, arrival.Caller, services.Options.AdvertisedHost);
        var leg = new LegOrder(order.Leg, order.Agent, arrival.Media.Codec, order.RingTime, LegTarget.Devices(services.Registrations.DevicesOf(order.Agent), from, order.Resumes))
        {
            Role = state.Legs.GetValueOrDefault(order.Leg)?.Role ?? LegRole.Agent, Ladder = ladder,
        };
        if (!Joins(leg))
        {
            Begin(leg);
        }
    }

    /// <summary>An agent whose leg stands is joined to the caller; a supervisor's phone rings, for to look in is asked for each time.</summary>
    private bool Joins(LegOrder order)
    {
        if (order.Role != LegRole.Agent || services.Standing.For(order.Agent) is not { } standing)
        {
            return false;
        }
        var joined = new JoinedLeg(services, order, standing, arrival.Number.Tenant, Post, Apply, () => Begin(order, AfterJoin));
        if (!standing.TryTake(joined))
        {
            return false;
        }
        legs[order.Leg] = joined;
        joined.Start(arrival.Media);
        return true;
    }

    /// <summary>The tenant's number that was called is shown outside: it is the tenant's to show.</summary>
    private void Dial(DialOut order)
    {
        if (services.Outbound.Take(Tenant, order.Number) is not { } taken)
        {
            Apply(new LegFailed(order.Leg, LegRefusal.Failed, 0));
            return;
        }
        LegTarget ByTrunk() => Outside(taken, order.Number);
        Begin(new(order.Leg, Guid.Empty, arrival.Media.Codec, order.RingTime, [ByTrunk()])
        {
            Role = LegRole.External, Trunk = taken.Trunk.Trunk.Name, Outside = taken, Ladder = ladder,
            NextTrunk = () =>
            {
                services.Trunks.Failed(taken.Trunk.Trunk.Name);
                return taken.Next() ? ByTrunk() : null;
            },
        });
    }

    private LegTarget Outside(OutboundCall way, string number)
    {
        var from = $"<sip:{Uri.EscapeDataString(Called).Replace("%2B", "+", StringComparison.Ordinal)}@{services.Options.AdvertisedHost}>";
        return LegTarget.Outside(way.Trunk, number, from, services.Trunks.CredentialsOf(way.Trunk.Trunk));
    }

    /// <summary>What only the gateway knows: no way to the number, no telephone of the supervisor's.</summary>
    private DialRefusal? WhyNot(CallCommand command) => command switch
    {
        DialNumber dial => services.Outbound.WhyNot(Tenant, dial.Number),
        CheckNumber check => services.Outbound.WhyNot(Tenant, check.Number),
        DialCaller => services.Outbound.WhyNot(Tenant, arrival.Caller),
        MonitorLeg monitor when !state.Legs.ContainsKey(monitor.Leg) && services.Registrations.DevicesOf(monitor.Supervisor).Count == 0 =>
            new("NoTelephone", "the supervisor has no telephone that can be rung: sign one in first"),
        CollectCard when arrival.Number.Tenant.Payment is null =>
            new("NoPaymentService", "the tenant has no payment service: an administrator gives it one with PUT /api/tenants/{id}/payment"),
        _ => null,
    };

    /// <summary>What is rung because the standing leg could not be joined has been told as offered and ringing.</summary>
    private void AfterJoin(CallInput input)
    {
        if (input is not (LegInvited or LegRings))
        {
            Apply(input);
        }
    }

    private void Begin(LegOrder order, Action<CallInput>? report = null)
    {
        var leg = new AgentLeg(services, order, Post, report ?? Apply, span?.Id);
        legs[order.Leg] = leg;
        leg.Start(arrival.Media);
    }

    private MediaLeg MediaOf(Guid leg) => leg == state.CallerLeg ? arrival.Media.Leg : legs[leg].Media!.Leg;

    /// <summary>By RFC 4733, or by INFO where the other side does not take that.</summary>
    private void SendKeys(SendKeys keys)
    {
        var info = keys.Leg == state.CallerLeg ? side is { } caller ? caller.SendDtmf : null : legs[keys.Leg].Keys;
        _ = Send();

        async Task Send()
        {
            if (await MediaOf(keys.Leg).SendDigits(keys.Digits) == SendDigitsResult.NotNegotiated)
            {
                foreach (var digit in keys.Digits)
                {
                    info?.Invoke(digit, DtmfInfo.DefaultDurationMs);
                }
            }
        }
    }
}
