using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using static CallCenter.Ivr.Flows.FlowAction;
using static CallCenter.Ivr.Flows.FlowCommand;

namespace CallCenter.Ivr.Flows;

/// <summary>A voicemail step: prompt, beep, the message, whose end is waited for even when the caller has left.</summary>
internal sealed partial class Interpreter
{
    /// <summary>A recording with less sound than this is no message: the caller heard the beep and hung up.</summary>
    public const int LeastSoundMs = 500;

    /// <summary>Without a prompt that can be played the beep still says what to do.</summary>
    private FlowState Record(FlowState s, VoicemailStep voicemail) =>
        Send(s, Phase.Recording, new TakeMessage(voicemail.MaxSeconds * 1000, voicemail.SilenceSeconds * 1000), voicemail.MaxSeconds * 1000 + PlayMs);

    private FlowState? OnRecorded(FlowState s, RecordingEnded ended)
    {
        if (s.Outcome is not null)
        {
            return s;
        }

        var isMessage = ended.Blocks > 0 && (ended.SoundMs ?? ended.LengthMs) >= LeastSoundMs;
        if (isMessage)
        {
            actions.Add(new Tell(new VoicemailLeft(ended.Recording, ended.LengthMs)));
        }

        var after = s with { MessageLeft = s.MessageLeft || isMessage };
        return after switch
        {
            { CallerEnd: { } end } => CallerGone(after, end),
            // Control went elsewhere in the middle of the message.
            { Phase: not Phase.Recording } => after,
            _ => flow.Steps[s.Step].Voicemail!.Next is { } next ? Enter(after, next) : Finish(after, HungUp(after), null, "message taken"),
        };
    }
}
