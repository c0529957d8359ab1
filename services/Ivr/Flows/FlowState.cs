using System.Text.Json.Serialization;
using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Ivr.Announcements;

namespace CallCenter.Ivr.Flows;

/// <summary>What a live flow waits for.</summary>
internal enum Phase
{
    /// <summary>ControlChanged(Ivr) after TakeControl.</summary>
    TakingControl,

    /// <summary>CallAnswered.</summary>
    Answering,

    /// <summary>The end of a prompt of a play or hangUp step.</summary>
    Playing,

    /// <summary>A key of a menu.</summary>
    Collecting,

    /// <summary>The end of a prompt or an announcement in the queue, before the music.</summary>
    Announcing,

    /// <summary>Music in the queue, until the next announcement: an agent, who takes control, or the caller's end.</summary>
    Waiting,

    /// <summary>The end of the message that the caller leaves.</summary>
    Recording,

    /// <summary>A key, a number or the end of a sentence of a caller who chooses something in the queue.</summary>
    Choosing,

    /// <summary>Another service has control, or an agent's leg is about to be told ended.</summary>
    Away,

    /// <summary>The gateway does not know the call any more, or the caller left in a message: its last events.</summary>
    Gone,

    /// <summary>The call's end after HangUp.</summary>
    HangingUp,
}

/// <summary>A live flow: everything the interpreter needs beside the flow's definition; one row a contact.</summary>
/// <param name="Phase">What it waits for.</param>
/// <param name="Step">The step it is in.</param>
/// <param name="Epoch">The newest control epoch known.</param>
internal sealed record FlowState(Phase Phase, string Step, long Epoch)
{
    /// <summary>True while Ivr has control of the caller's leg.</summary>
    public bool HasControl { get; init; }

    /// <summary>True since the caller's leg was answered.</summary>
    public bool Answered { get; init; }

    /// <summary>Id of the last command; results and events of older ones are stale.</summary>
    public Guid CommandId { get; init; }

    /// <summary>The last command itself: sent again, under the same id, when Ivr starts again.</summary>
    public FlowCommand? Command { get; init; }

    /// <summary>How long to wait, beyond the length of the prompts being played, before <see cref="DeadlinePassed"/>; null where the gateway's next event must come.</summary>
    public int? WaitMs { get; init; }

    /// <summary>How often the deadline of this command has passed.</summary>
    public int Overdue { get; init; }

    /// <summary>Times the menu heard nothing.</summary>
    public int NoInput { get; init; }

    /// <summary>Times the menu heard a wrong key.</summary>
    public int NoMatch { get; init; }

    /// <summary>True on the closed way of an hours step, until a queue is reached.</summary>
    public bool Closed { get; init; }

    /// <summary>True while the queue's music could not be played.</summary>
    public bool Silent { get; init; }

    /// <summary>The caller's own number; null when it is withheld.</summary>
    public string? Caller { get; init; }

    /// <summary>The caller chooses something in the queue; null while it waits.</summary>
    public CallbackTalk? Talk { get; init; }

    /// <summary>The queue took callbacks when the caller last heard of them.</summary>
    public bool TakesCallback { get; init; }

    /// <summary>True since CallbackRequested was told: the contact is deflected.</summary>
    public bool CallbackAsked { get; init; }

    /// <summary>We called, and the agent has not spoken with the customer yet.</summary>
    public bool IsCalledBack { get; init; }

    /// <summary>The place that the waiting caller heard last.</summary>
    public WaitingPlace? Told { get; init; }

    /// <summary>The rule by which the queue gave the caller up, until it has been acted on.</summary>
    public QueueRule? GivenUpBy { get; init; }

    /// <summary>Steps entered so far.</summary>
    public int Steps { get; init; }

    /// <summary>The message that is being recorded: its end will be told.</summary>
    public Guid? Message { get; init; }

    /// <summary>True since the caller left a message: the contact is deflected.</summary>
    public bool MessageLeft { get; init; }

    /// <summary>How the caller's leg ended, while the message's end is waited for.</summary>
    public LegEnd? CallerEnd { get; init; }

    /// <summary>The agent's leg that was connected last.</summary>
    public Guid? AgentLeg { get; init; }

    /// <summary>How that leg ended, until it has been acted on.</summary>
    public LegEnd? AgentEnd { get; init; }

    /// <summary>How the flow ended: FlowEnded has been told.</summary>
    public FlowOutcome? Outcome { get; init; }
}

/// <summary>What comes to a flow beside events.</summary>
internal abstract record FlowInput
{
    /// <summary>An event of the gateway.</summary>
    public sealed record Told(ContactEvent Event) : FlowInput;

    /// <summary>A command was not done.</summary>
    public sealed record CommandFailed(CommandResult Result) : FlowInput;

    /// <summary>Routing told the caller's place, and its announcement is spoken.</summary>
    public sealed record PlaceKnown(WaitingPlace Place, IReadOnlyList<SpokenClip> Clips) : FlowInput;

    /// <summary>What the queue says to a caller who chooses is spoken.</summary>
    public sealed record Spoken(CallbackTalk Talk, IReadOnlyList<SpokenClip> Clips) : FlowInput;

    /// <summary>A <see cref="FlowCommand.Check"/> was done: the number may be dialled.</summary>
    public sealed record CommandDone(CommandResult Result) : FlowInput;

    /// <summary>The state's wait is over.</summary>
    public sealed record DeadlinePassed : FlowInput;
}

/// <summary>What a flow does: commands, which leave after the commit, and events, which are stored with the state.</summary>
internal abstract record FlowAction
{
    /// <summary>Tells an event.</summary>
    public sealed record Tell(ContactEvent Event) : FlowAction;

    /// <summary>Sends the state's <see cref="FlowState.Command"/> under its <see cref="FlowState.CommandId"/>.</summary>
    public sealed record Send(FlowCommand Command) : FlowAction;

    /// <summary>Asks Routing for the caller's place in the queue; the answer is a <see cref="FlowInput.PlaceKnown"/>, or never comes.</summary>
    public sealed record AskPlace(Guid Queue) : FlowAction
    {
        /// <summary>Told with the place.</summary>
        public QueueOffers? Offers { get; init; }
    }

    /// <summary>Has what belongs to the conversation spoken; a <see cref="FlowInput.Spoken"/> follows, or never comes.</summary>
    public sealed record Speak(CallbackTalk Talk) : FlowAction;
}

/// <summary>A gateway command as the interpreter sees it: prompts by id.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Take), nameof(Take))]
[JsonDerivedType(typeof(Answer), nameof(Answer))]
[JsonDerivedType(typeof(Say), nameof(Say))]
[JsonDerivedType(typeof(Ask), nameof(Ask))]
[JsonDerivedType(typeof(Music), nameof(Music))]
[JsonDerivedType(typeof(Announce), nameof(Announce))]
[JsonDerivedType(typeof(Converse), nameof(Converse))]
[JsonDerivedType(typeof(Check), nameof(Check))]
[JsonDerivedType(typeof(TakeMessage), nameof(TakeMessage))]
[JsonDerivedType(typeof(End), nameof(End))]
internal abstract record FlowCommand
{
    public sealed record Take : FlowCommand;

    public sealed record Answer : FlowCommand;

    public sealed record Say(Guid Prompt) : FlowCommand
    {
        /// <summary>A key ends it.</summary>
        public bool Interruptible { get; init; }

        /// <summary>Silence before it.</summary>
        public int PauseMs { get; init; }
    }

    /// <summary>Plays the prompts, which a key interrupts, and waits for one key.</summary>
    public sealed record Ask(IReadOnlyList<Guid> Prompts, int FirstDigitMs) : FlowCommand
    {
        /// <summary>Keys that were pressed before do not count.</summary>
        public bool Clear { get; init; }
    }

    /// <summary>Loops the prompt; null for the built-in tune.</summary>
    public sealed record Music(Guid? Prompt) : FlowCommand
    {
        /// <summary>The gateway's soft tone instead.</summary>
        public bool ComfortTone { get; init; }

        /// <summary>A key ends it.</summary>
        public bool Interruptible { get; init; }
    }

    /// <summary>Says the caller's place.</summary>
    public sealed record Announce(WaitingPlace Place, IReadOnlyList<SpokenClip> Clips) : FlowCommand
    {
        /// <summary>A key ends it.</summary>
        public bool Interruptible { get; init; }
    }

    /// <summary>Says that and collects so many keys; with none to collect it only says it.</summary>
    public sealed record Converse(IReadOnlyList<SpokenClip> Clips, int MaxDigits, string Terminators, int FirstMs, int NextMs) : FlowCommand;

    /// <summary>Asks the gateway whether the number may be dialled.</summary>
    public sealed record Check(string Number) : FlowCommand;

    /// <summary>Beeps and records a message; its recording has the command's id.</summary>
    public sealed record TakeMessage(int MaxMs, int SilenceMs) : FlowCommand;

    public sealed record End(string Cause) : FlowCommand;
}

/// <summary>What the interpreter decided.</summary>
/// <param name="State">The next state; null when nothing of the flow is left to do.</param>
/// <param name="Actions">In order.</param>
internal sealed record Decision(FlowState? State, IReadOnlyList<FlowAction> Actions);
