using CallCenter.Contracts.Telephony;
using CallCenter.Contracts.Tenancy;
using CallCenter.Media;
using CallCenter.Telephony.Anchor;
using CallCenter.Telephony.Configuration;
using Clip = CallCenter.Media.Clip;

namespace CallCenter.Telephony.Edge;

/// <summary>
/// A call's hold of an agent's standing leg: nothing rings. The leg comes to the caller's media thread, the agent hears that a caller comes and for which
/// tenant, and then it is accepted as a phone that was answered. The end of the call's part leaves it up. Runs on the call's mailbox.
/// </summary>
/// <param name="order">Whom, of which leg.</param>
/// <param name="standing">What <see cref="StandingLeg.TryTake"/> gave.</param>
/// <param name="tenant">Whose name the agent hears.</param>
/// <param name="ring">Rings the agent's devices instead, when the leg cannot be joined.</param>
/// <param name="services">The gateway.</param>
/// <param name="post">Puts work on the call's mailbox.</param>
/// <param name="report">The anchor.</param>
internal sealed class JoinedLeg(
    CallServices services, LegOrder order, StandingLeg standing, TenantSnapshot tenant, Action<Action> post, Action<CallInput> report, Action ring) : IEdgeLeg
{
    /// <summary>To move takes milliseconds, to announce two seconds; a machine that is slower cannot carry the call.</summary>
    private static readonly TimeSpan JoinTime = TenantNames.LengthMax + TimeSpan.FromSeconds(2);

    /// <summary>So long after the notes the name is waited for: it is spoken once, then it is at hand.</summary>
    private static readonly TimeSpan NameTime = TimeSpan.FromSeconds(1);

    private enum Phase { Joining, Up, Over }

    private Phase phase;
    private bool keysComeAsEvents;
    private bool isHeld;

    /// <inheritdoc/>
    public LegMedia? Media => phase == Phase.Up ? standing.Call.Media : null;

    /// <inheritdoc/>
    public Action<char, int>? Keys => phase == Phase.Up ? standing.Call.SendKey : null;

    /// <summary>Begins when <see cref="StandingLeg.TryTake"/> gave it.</summary>
    public void Start(LegMedia caller)
    {
        Telemetry.LegsLive.Add(1);
        report(new LegInvited(order.Leg));
        report(new LegRings(order.Leg));
        _ = Begin(caller.Leg);
    }

    /// <inheritdoc/>
    public void Drop(bool transferred = false)
    {
        Close();
        // After what else this step of the call does with it.
        post(() => standing.Free(this, transferred));
    }

    /// <summary>The device hung up or is gone, and the standing leg with it; or it did not answer.</summary>
    public void Gone(LegEnd end, LegFailed? refusal) => post(() =>
    {
        var before = phase;
        if (Close())
        {
            report(before == Phase.Up ? new LegGone(order.Leg, end)
                : refusal is not null ? refusal with { Leg = order.Leg }
                : new LegFailed(order.Leg, LegRefusal.Unreachable, 0));
        }
    });

    public void Pressed(char digit) => post(() =>
    {
        // By RFC 4733 a key passes with the audio; of a page that sends it both ways it would count twice.
        if (phase == Phase.Up && !keysComeAsEvents)
        {
            report(new LegPressed(order.Leg, digit));
        }
    });

    public void Held(bool held) => post(() =>
    {
        if (phase == Phase.Up && held != isHeld)
        {
            isHeld = held;
            report(held ? new LegHeld(order.Leg) : new LegRetrieved(order.Leg));
        }
    });

    /// <summary>What the standing leg's own call reports.</summary>
    public void Reports(CallInput input) => post(() =>
    {
        if (phase == Phase.Up)
        {
            report(input switch
            {
                LegRefers refers => refers with { Leg = order.Leg },
                AnswerHeard heard => heard with { Leg = order.Leg },
                _ => throw new InvalidOperationException($"{input} is not known of a standing leg"),
            });
        }
    });

    public void Heard(MediaEvent e)
    {
        switch (e)
        {
            case DigitReceived:
                post(() => keysComeAsEvents = true);
                break;
            case CallCenter.Media.AnswerDetected { Answer: var heard }:
                post(() => report(Call.Of(order.Leg, heard)));
                break;
        }
    }

    private async Task Begin(MediaLeg caller)
    {
        if (await Answered())
        {
            post(() =>
            {
                if (phase == Phase.Joining)
                {
                    _ = Join(caller);
                }
            });
        }
    }

    private async Task Join(MediaLeg caller)
    {
        if (await Done(standing.Call.Media.Leg.MoveTo(caller)))
        {
            post(() =>
            {
                if (phase == Phase.Joining)
                {
                    _ = Announce();
                }
            });
        }
    }

    /// <summary>False when a phone that is still rung for the shift does not answer as long as the offer lasts.</summary>
    private async Task<bool> Answered()
    {
        try
        {
            await standing.Up.WaitAsync(order.RingTime, services.Clock);
            return true;
        }
        catch (TimeoutException)
        {
            post(() => Gone(new LegFailed(order.Leg, LegRefusal.NoAnswer, 408)));
            return false;
        }
    }

    private void Gone(LegFailed missed)
    {
        if (phase == Phase.Joining && Close())
        {
            report(missed);
            standing.Call.End(LegEnd.Ended);
        }
    }

    private async Task Announce()
    {
        var leg = standing.Call.Media.Leg;
        var name = services.Names.Get(tenant);
        if (await Done(leg.Play(JoinTone.Clip).Completion) && await Done(leg.Play(await InTime(name) ?? JoinTone.Pause).Completion))
        {
            post(Accept);
        }
    }

    private async Task<Clip?> InTime(Task<Clip?> name)
    {
        try
        {
            return await name.WaitAsync(NameTime, services.Clock);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task<bool> Done(Task step)
    {
        try
        {
            await step.WaitAsync(JoinTime, services.Clock);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            Log.JoinFailed(services.Logger, order.Agent, e.Message);
            post(Fail);
            return false;
        }
    }

    private void Accept()
    {
        if (phase == Phase.Joining)
        {
            phase = Phase.Up;
            report(new LegTaken(order.Leg));
        }
    }

    private void Fail()
    {
        if (Close())
        {
            standing.Free(this, transferred: false);
            ring();
        }
    }

    private bool Close()
    {
        if (phase == Phase.Over)
        {
            return false;
        }
        phase = Phase.Over;
        Telemetry.LegsLive.Add(-1);
        return true;
    }
}
