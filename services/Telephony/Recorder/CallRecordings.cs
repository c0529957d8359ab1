using System.Security.Cryptography;
using CallCenter.Media;
using CallCenter.Telephony.Anchor;

namespace CallCenter.Telephony.Recorder;

/// <summary>The recordings of one call: taps that write to the block spool. On the call's mailbox.</summary>
internal sealed class CallRecordings(CallServices services, Guid tenant, Guid contact, string wrappedKey, Action<Action> post, Action<CallInput> report)
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(3);
    private readonly Dictionary<Guid, Running> running = [];

    public void Start(Guid recording, Guid agent, MediaLeg caller, MediaLeg agentLeg)
    {
        if (Open(recording, agent) is { } sink)
        {
            var tap = services.Media.StartRecording(new RecordingOptions { Caller = caller, Agent = agentLeg, Sink = sink });
            running[recording] = new(tap, sink, null, caller);
        }
    }

    /// <summary>The second channel of the conversations that are recorded becomes this leg; null: silence.</summary>
    public void SetAgents(MediaLeg? leg) => Conversations().ForEach(one => one.Tap.SetAgent(leg));

    /// <summary>The second channel of the conversations that are recorded becomes what the caller hears in the conference.</summary>
    public void SetAgentsToHeard() => Conversations().ForEach(one => one.Tap.SetAgentToHeardBy(one.Caller));

    /// <summary>Silence in both channels, or sound again. A recording that could not begin has no channel to mute.</summary>
    public void Mute(Guid recording, bool muted)
    {
        if (running.GetValueOrDefault(recording) is { } one)
        {
            _ = muted ? one.Tap.Pause() : one.Tap.Resume();
        }
    }

    private List<Running> Conversations() => [.. running.Values.Where(one => one.Meter is null)];

    /// <summary>Records the caller alone; <see cref="MessageSilent"/> is told once after so much silence.</summary>
    public void StartMessage(Guid recording, MediaLeg caller, TimeSpan silence)
    {
        if (Open(recording, null) is { } sink)
        {
            var meter = new SoundMeter(sink, silence, () => post(() => report(new MessageSilent(recording))));
            var tap = services.Media.StartRecording(new RecordingOptions { Caller = caller, Sink = meter });
            running[recording] = new(tap, sink, meter, caller);
        }
    }

    /// <summary>Ends it; <see cref="RecordingStopped"/> follows on the mailbox, at the latest after 3 s.</summary>
    public void Stop(Guid recording)
    {
        if (running.Remove(recording, out var one))
        {
            _ = Finish(recording, one);
        }
        else
        {
            post(() => report(new RecordingStopped(recording, 0, 0)));
        }
    }

    private CallRecording? Open(Guid recording, Guid? agent)
    {
        try
        {
            var key = services.Keys.Unwrap(wrappedKey);
            var sink = new CallRecording(new(tenant, contact, recording, agent), key, services.Blocks);
            CryptographicOperations.ZeroMemory(key);
            return sink;
        }
        catch (CryptographicException e)
        {
            // The call goes on; the recording is told as empty when it ends.
            Log.RecordingFailed(services.Logger, recording, tenant, e.Message);
            return null;
        }
    }

    private async Task Finish(Guid recording, Running one)
    {
        long? length = null;
        try
        {
            var summary = await one.Tap.Stop().WaitAsync(StopTime, services.Clock);
            length = (long)summary.Duration.TotalMilliseconds;
            one.Sink.Dispose();
        }
        catch (TimeoutException)
        {
            Log.RecordingStopLate(services.Logger, recording);
        }
        post(() =>
        {
            var progress = services.Blocks.Progress(recording);
            report(new RecordingStopped(recording, progress.Blocks, length ?? progress.LengthMs, one.Meter?.SoundMs));
            // Only now: the event that names the number of blocks is on disk.
            services.Blocks.Forget(recording);
        });
    }

    private sealed record Running(RecordingTap Tap, CallRecording Sink, SoundMeter? Meter, MediaLeg Caller);
}
