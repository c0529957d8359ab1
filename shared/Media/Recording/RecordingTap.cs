using System.Threading.Channels;
using CallCenter.Media.Engine;
using CallCenter.Media.Recording;

namespace CallCenter.Media;

/// <summary>
/// A running recording of two legs: what each sends us, on one timeline that keeps to the wall clock within 20 ms.
/// Started by <see cref="MediaEngine.StartRecording"/>; goes on when a leg closes (silence) until <see cref="Stop"/>.
/// </summary>
public sealed class RecordingTap
{
    private readonly MediaThread _thread;
    private readonly RecordingOptions _options;
    private readonly Channel<FilledBlock> _filled;
    private readonly TapCore _core;
    private readonly TaskCompletionSource<RecordingSummary> _summary = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _blockSamples;
    private long _refused;

    internal RecordingTap(RecordingOptions options, MediaThread thread)
    {
        _options = options;
        _thread = thread;
        _blockSamples = options.BlockSamples;
        StartedAt = thread.Clock.GetUtcNow();
        _filled = Channel.CreateBounded<FilledBlock>(new BoundedChannelOptions(options.BlocksMax) { SingleReader = true, SingleWriter = true });
        CallerCodec = options.Caller.SendCodec;
        AgentCodec = options.Agent?.SendCodec ?? CallerCodec;
        _core = new TapCore(_filled.Writer, _blockSamples, CallerCodec, AgentCodec,
            lost => thread.Raise(new RecordingBlocksLost(options.Caller, thread.Clock.GetUtcNow(), this, lost)));
    }

    public DateTimeOffset StartedAt { get; }
    public AudioCodec CallerCodec { get; }
    public AudioCodec AgentCodec { get; }

    /// <summary>Completes when the sink was told of the end; also when the engine stops.</summary>
    public Task<RecordingSummary> Completion => _summary.Task;

    internal TapCore Core => _core;

    internal Task Start()
    {
        _ = Task.Run(DrainAsync);
        var started = _thread.Post(() =>
        {
            _core.Start(_thread.Now);
            _core.Caller.Bind(_options.Caller.Core);
            _core.Agent.Bind(_options.Agent?.Core);
            _thread.Taps.Add(_core);
        });
        if (started.IsFaulted || _thread.Exited)
        {
            // No media thread will ever end the queue.
            _filled.Writer.TryComplete();
        }
        return started;
    }

    /// <summary>Changes the leg of the first channel; null: silence.</summary>
    public Task SetCaller(MediaLeg? leg) => SetLeg(_core.Caller, leg);

    /// <summary>Changes the leg of the second channel (another agent); null: silence.</summary>
    public Task SetAgent(MediaLeg? leg) => SetLeg(_core.Agent, leg);

    /// <summary>The second channel becomes what this leg hears in its <see cref="Conference"/>: all who speak to the caller.</summary>
    public Task SetAgentToHeardBy(MediaLeg caller) => SetLeg(_core.Agent, caller, heard: true);

    private Task SetLeg(TapChannel channel, MediaLeg? leg, bool heard = false)
    {
        if (leg is not null && leg.Thread != _thread)
        {
            throw new ArgumentException($"{leg} lives on another media thread; open it Near the caller's.");
        }
        return _thread.Post(() =>
        {
            if (!_thread.Taps.Contains(_core))
            {
                return;
            }
            if (heard)
            {
                channel.BindHeard(leg!.Core);
            }
            else
            {
                channel.Bind(leg?.Core);
            }
        });
    }

    /// <summary>From now on silence is written on both channels; the timeline goes on.</summary>
    public Task Pause() => _thread.Post(() => _core.Pause(_thread.Now));

    /// <summary>Sound counts again.</summary>
    public Task Resume() => _thread.Post(() => _core.Resume(_thread.Now));

    /// <summary>Ends the recording, flushes the last partial block and waits for the sink, however long that takes. Idempotent.</summary>
    public async Task<RecordingSummary> Stop()
    {
        await _thread.Post(() =>
        {
            if (_thread.Taps.Remove(_core))
            {
                _core.Stop(_thread.Now);
            }
        }).ConfigureAwait(false);
        return await Completion.ConfigureAwait(false);
    }

    private async Task DrainAsync()
    {
        long blocks = 0;
        await foreach (var filled in _filled.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            blocks += await TryWriteAsync(filled).ConfigureAwait(false) ? 1 : 0;
            _core.Reuse(filled.Data);
        }
        var duration = TimeSpan.FromSeconds((double)_core.Samples / Clip.Rate);
        var summary = new RecordingSummary(StartedAt, duration, blocks, _core.BlocksLost + _refused);
        try
        {
            await _options.Sink.CompleteAsync(summary).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _thread.Report(new MediaFault("sink", exception, _options.Caller));
        }
        _summary.TrySetResult(summary);
    }

    private async ValueTask<bool> TryWriteAsync(FilledBlock filled)
    {
        var offset = TimeSpan.FromSeconds((double)filled.FirstSample / Clip.Rate);
        var block = new TapBlock(
            filled.Sequence,
            offset,
            StartedAt + offset,
            CallerCodec,
            filled.Data.AsMemory(0, filled.Samples),
            AgentCodec,
            filled.Data.AsMemory(_blockSamples, filled.Samples));
        try
        {
            await _options.Sink.WriteAsync(block).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception)
        {
            _refused++;
            _thread.Report(new MediaFault("sink", exception, _options.Caller));
            return false;
        }
    }
}
