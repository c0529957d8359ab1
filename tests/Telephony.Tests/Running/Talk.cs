using CallCenter.Contracts.Telephony;
using CallCenter.TestKit.Peers;
using CallCenter.TestKit.Phones;

namespace CallCenter.Telephony.Tests.Running;

/// <summary>A call of a trunk that an agent has: who speaks, and what of a spray they heard.</summary>
internal sealed class Talk
{
    /// <summary>Tones of the two.</summary>
    public const double CallerHertz = 440, AgentHertz = 1000;

    private long sprayed;

    private Talk(PhoneCall outside, PhoneCall inside, CallArrived call, Guid? recording)
    {
        (Outside, Inside, Call, Recording) = (outside, inside, call, recording);
        inside.Audio.OnPayload = Watch;
    }

    public PhoneCall Outside { get; }
    public PhoneCall Inside { get; }
    public CallArrived Call { get; }
    public Guid? Recording { get; }

    /// <summary>Packets of a spray that either heard.</summary>
    public long Sprayed => Interlocked.Read(ref sprayed);

    /// <summary>Packets that both heard, and packets that are missing in between.</summary>
    public (long Heard, long Lost) Packets =>
        (Outside.Audio.PacketsHeard + Inside.Audio.PacketsHeard, Outside.Audio.PacketsLost + Inside.Audio.PacketsLost);

    /// <summary>True while neither side has ended.</summary>
    public bool GoesOn => !Outside.Ended.IsCompleted && !Inside.Ended.IsCompleted;

    /// <summary>A caller calls, presses a key when asked, and is connected to the agent, whose phone answers. One at a time for a phone.</summary>
    public static async Task<Talk> Begin(RunningGateway gateway, TestCaller caller, TestPhone phone, Guid agent, bool recorded)
    {
        var seen = gateway.Events.All.OfType<CallArrived>().Select(e => e.Contact).ToHashSet();
        var outside = caller.Call(RunningGateway.Number, hertz: CallerHertz);
        var early = 0L;
        outside.Audio.OnPayload = payload => early += RtpSprayer.IsMine(payload.Span) ? 1 : 0;
        var call = await gateway.Events.Next<CallArrived>(where: e => !seen.Contains(e.Contact), within: RunningGateway.Soon);
        await gateway.Done(call, 0, new TakeControl(ControlHolder.Ivr));
        await gateway.Done(call, 1, new AnswerCall());
        await outside.WhenAnswered(RunningGateway.Soon);
        await gateway.Done(call, 1, new Collect([gateway.Tone(700, 1)], 1, "", 60_000, 2000));
        await outside.Audio.Hears(700, RunningGateway.Soon);
        outside.Audio.Press('2');
        (await gateway.Events.Next<DigitsCollected>(call.Contact, within: RunningGateway.Soon)).Digits.ShouldBe("2");
        var leg = Guid.CreateVersion7();
        await gateway.Done(call, 0, new OfferLeg(leg, agent, 60_000));
        var inside = await phone.NextCall(RunningGateway.Soon);
        await gateway.Events.Next<LegAccepted>(call.Contact, e => e.Leg == leg, RunningGateway.Soon);
        await gateway.Done(call, 1, new TakeControl(ControlHolder.Routing));
        Guid? recording = recorded ? Guid.CreateVersion7() : null;
        await gateway.Done(call, 2, new ConnectAgent(leg, recording));
        var talk = new Talk(outside, inside, call, recording) { sprayed = early };
        outside.Audio.OnPayload = talk.Watch;
        await talk.BothHear();
        return talk;
    }

    /// <summary>Both hear each other now.</summary>
    public Task BothHear() => Task.WhenAll(Outside.Audio.Hears(AgentHertz, RunningGateway.Soon), Inside.Audio.Hears(CallerHertz, RunningGateway.Soon));

    /// <summary>The caller hangs up; completes when the gateway has closed the call.</summary>
    public async Task HangUp(RunningGateway gateway)
    {
        Outside.HangUp();
        await Inside.WhenEnded(RunningGateway.Soon);
        await gateway.Events.Next<CallClosed>(Call.Contact, within: RunningGateway.Soon);
    }

    private void Watch(ReadOnlyMemory<byte> payload)
    {
        if (RtpSprayer.IsMine(payload.Span))
        {
            Interlocked.Increment(ref sprayed);
        }
    }
}
