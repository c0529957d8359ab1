using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Anchor;

namespace CallCenter.Telephony.Tests.Anchor;

/// <summary>Drives the pure table and keeps what it did.</summary>
internal sealed class TableDriver
{
    public static readonly Clip Clip = new(new string('a', 64), "http://127.0.0.1/clip");

    public CallState State { get; private set; } = new()
    {
        CallerLeg = Guid.NewGuid(),
        Codec = "PCMA",
        LongestHold = TimeSpan.FromMinutes(5),
        Guards = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), 120_000),
    };

    public List<CallAction> Actions { get; } = [];

    /// <summary>What was measured; null: nothing.</summary>
    public SpeechMeasured? Speech { get; set; }

    public DateTimeOffset Now { get; private set; } = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);
    public Guid LastCommand { get; private set; }
    public IReadOnlyList<ContactEvent> Events => [.. Actions.OfType<Tell>().Select(t => t.Event)];
    public string[] EventTypes => [.. Events.Select(e => e.GetType().Name)];

    public void Arrive() => Input(new Arrive(new CallArrived("g", "+1", "+2", "t", Guid.NewGuid(), 0) { Leg = State.CallerLeg }));

    public void Answered()
    {
        Arrive();
        Order(new TakeControl(ControlHolder.Ivr));
        Order(new AnswerCall());
    }

    public Guid Offer()
    {
        var leg = Guid.NewGuid();
        Order(new OfferLeg(leg, Guid.NewGuid(), 20_000)).Outcome.ShouldBe(CommandOutcome.Done);
        Input(new LegInvited(leg));
        Input(new LegRings(leg));
        return leg;
    }

    public Guid OfferAndAccept()
    {
        var leg = Offer();
        Input(new LegTaken(leg));
        return leg;
    }

    public Guid Talking(out Guid recording)
    {
        Answered();
        var leg = OfferAndAccept();
        Order(new TakeControl(ControlHolder.Routing));
        Order(new ConnectAgent(leg, recording = Guid.NewGuid())).Outcome.ShouldBe(CommandOutcome.Done);
        return leg;
    }

    public void Digits(string digits)
    {
        foreach (var digit in digits)
        {
            Input(new DigitPressed(digit, DigitWay.TelephoneEvent));
        }
    }

    public string[] EventTypesAfter(int count) => EventTypes[count..];

    public void Fire(TimerKind kind, Guid? leg = null) => Input(new TimerFired(new(kind, leg)));

    public void Advance(TimeSpan by) => Now += by;

    public void Input(CallInput input)
    {
        var (state, actions) = CallTable.Apply(State, input, Now);
        State = state;
        Actions.AddRange(actions);
        if (actions.Any(action => action is StopSpeech))
        {
            Input(new SpeechStopped(Speech));
        }
    }

    public CallCommand Prepare(CallCommand command) =>
        command with { CommandId = Guid.CreateVersion7(), Epoch = State.Epoch, Expires = Now.AddSeconds(5) };

    public CommandResult Order(CallCommand command) => Send(Prepare(command));

    public CommandResult OrderAt(long epoch, CallCommand command, TimeSpan? expiresIn = null) =>
        Send(Prepare(command) with { Epoch = epoch, Expires = Now + (expiresIn ?? TimeSpan.FromSeconds(5)) });

    public CommandResult Send(CallCommand command)
    {
        LastCommand = command.CommandId;
        Input(new Command(command));
        return Last<Reply>().Result;
    }

    public T Last<T>() where T : CallAction => Actions.OfType<T>().Last();
}
