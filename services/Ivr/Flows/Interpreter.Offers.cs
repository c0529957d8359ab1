using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using static CallCenter.Ivr.Flows.FlowAction;
using static CallCenter.Ivr.Flows.FlowCommand;
using static CallCenter.Ivr.Flows.FlowInput;

namespace CallCenter.Ivr.Flows;

/// <summary>
/// What a caller chooses by a key in the queue.
/// <code>
/// music, announcement -- key --> Key --> voicemail or exit step: QueueExited
///                                  \--> Confirm &lt;--> Type;  Confirm -- 1 --> Check --> Thank: CallbackRequested, good-bye
///        ^------- silence, another key, a number that may not be dialled (Refuse) ---------/
/// </code>
/// The caller keeps the place meanwhile: an agent who comes free takes control as ever, and the conversation is over.
/// </summary>
internal sealed partial class Interpreter
{
    public const int SpeakMs = 10_000, ConfirmMs = 8_000, FirstDigitMs = 10_000, NextDigitMs = 5_000, CheckMs = 6_000, LeastNumber = 3, LongestNumber = 20;

    /// <summary>A key that was pressed is kept by the gateway: asking for it without a prompt gives it at once.</summary>
    private const int KeyMs = 500;

    /// <summary>The middle of a flow: Routing calls a customer back for the queue of that step.</summary>
    public static Decision StartPlaced(FlowDefinition flow, Guid id, int version, CallPlaced placed, string step, Guid commandId)
    {
        var turn = new Interpreter(flow, commandId, null);
        turn.actions.Add(new Tell(new FlowStarted(id, version, flow.Language)));
        return turn.Decided(new FlowState(Phase.Away, step, placed.Epoch) { Steps = 1, IsCalledBack = true });
    }

    /// <summary>A caller's number that can be called; null for one that is withheld.</summary>
    private static string? NumberOf(string caller) => caller.TrimStart('+') is { Length: >= LeastNumber and <= LongestNumber } digits && digits.All(char.IsAsciiDigit) ? caller : null;

    private QueueOffers? OffersOf(FlowState s) => flow.Steps[s.Step].Queue?.Offers;

    /// <summary>The customer answered and the agent was gone before they spoke: as a caller whose agent was lost.</summary>
    private FlowState WaitForAnother(FlowState s)
    {
        var queue = flow.Steps[s.Step].Queue!;
        actions.Add(new Tell(new QueueRequested(queue.Queue, Returning: true, queue.Priority)));
        return Wait(s with { IsCalledBack = false }, queue, queue.Music);
    }

    private FlowState AskKey(FlowState s) => Send(s with { Talk = new(TalkStage.Key) }, Phase.Choosing, new Converse([], 1, "", KeyMs, KeyMs), KeyMs + PlayMs);

    private FlowState? Chosen(FlowState s, DigitsCollected digits) => s.Talk?.Stage switch
    {
        _ when digits.Outcome == CollectOutcome.Stopped => s,
        TalkStage.Key => ByKey(s, digits.Digits),
        TalkStage.Confirm when digits.Digits == "1" => Send(s with { Talk = s.Talk with { Stage = TalkStage.Check } }, Phase.Choosing, new Check(s.Talk.Number!), CheckMs),
        TalkStage.Confirm when digits.Digits == "2" => Say(s, new(TalkStage.Type)),
        TalkStage.Type when digits.Digits.Length >= LeastNumber => Say(s, digits.Digits.All(char.IsAsciiDigit) ? new(TalkStage.Confirm, digits.Digits) : new(TalkStage.Type)),
        _ => WaitOn(s),
    };

    private FlowState? ByKey(FlowState s, string key)
    {
        var offers = OffersOf(s)!;
        if (key.Length == 0 || s.Steps >= MaxSteps)
        {
            return WaitOn(s);
        }

        if (key == offers.Callback?.Key && s.TakesCallback)
        {
            return Say(s with { Steps = s.Steps + 1 }, s.Caller is { } own ? new(TalkStage.Confirm, own) : new(TalkStage.Type));
        }

        return new[] { offers.Voicemail, offers.Exit }.FirstOrDefault(choice => choice?.Key == key) is { } chosen ? LeaveQueue(s, chosen.Step) : WaitOn(s);
    }

    private FlowState? LeaveQueue(FlowState s, string step)
    {
        actions.Add(new Tell(new QueueExited(flow.Steps[s.Step].Queue!.Queue)));
        return Enter(s with { Talk = null, Told = null }, step);
    }

    /// <summary>Has it spoken; what can't be spoken in time is given up.</summary>
    private FlowState Say(FlowState s, CallbackTalk talk)
    {
        actions.Add(new Speak(talk));
        return Rest(s with { Talk = talk }, Phase.Choosing, SpeakMs);
    }

    private FlowState OnSpoken(FlowState s, Spoken spoken) => s is { Phase: Phase.Choosing, HasControl: true } && s.Talk == spoken.Talk
        ? Send(s, Phase.Choosing, spoken.Talk.Stage switch
        {
            TalkStage.Confirm => new Converse(spoken.Clips, 1, "", ConfirmMs, ConfirmMs),
            TalkStage.Type => new Converse(spoken.Clips, LongestNumber, "#", FirstDigitMs, NextDigitMs),
            _ => new Converse(spoken.Clips, 0, "", 0, 0),
        }, FirstDigitMs + (LongestNumber * NextDigitMs) + PlayMs)
        : s;

    /// <summary>The gateway's answer about the number.</summary>
    private FlowState OnChecked(FlowState s, bool mayBeDialled)
    {
        if (s.Talk is not { Stage: TalkStage.Check, Number: { } number })
        {
            return s;
        }

        if (!mayBeDialled)
        {
            return Say(s, new(TalkStage.Refuse));
        }

        return Say(AskForCallback(s, number), new(TalkStage.Thank));
    }

    private FlowState AskForCallback(FlowState s, string number)
    {
        actions.Add(new Tell(new CallbackRequested(flow.Steps[s.Step].Queue!.Queue, number, flow.Language)));
        return s with { CallbackAsked = true };
    }

    /// <summary>Who has confirmed the number may hang up at once: it is asked about again before it is dialled.</summary>
    private FlowState Left(FlowState s) => s.Talk is { Stage: TalkStage.Check, Number: { } number } ? AskForCallback(s, number) : s;

    /// <summary>What was being said or waited for is over, heard or not.</summary>
    private FlowState TalkIsOver(FlowState s) => s.CallbackAsked ? Finish(s, FlowOutcome.Deflected, null, "callback") : WaitOn(s);

    /// <summary>The music again; the next announcement when it is due, the first at once: a key pressed before it has not put it off.</summary>
    private FlowState WaitOn(FlowState s)
    {
        var queue = flow.Steps[s.Step].Queue!;
        if (s is { Told: null, TakesCallback: false })
        {
            return Wait(s with { Talk = null }, queue, queue.Music);
        }

        return PlayMusic(s with { Talk = null }, queue.Music, queue.Announce?.EverySeconds * 1000);
    }
}
