namespace CallCenter.Media;

/// <summary>A sink that keeps both channels in memory as 16-bit 8 kHz samples: short messages, test phones.</summary>
public sealed class MemoryRecorder : IRecordingSink
{
    private readonly Lock _lock = new();
    private readonly List<short> _caller = [];
    private readonly List<short> _agent = [];
    private readonly int _samplesMax;
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="durationMax">What comes after this is not kept. Default 10 minutes.</param>
    public MemoryRecorder(TimeSpan? durationMax = null) =>
        _samplesMax = Tones.SampleCount(durationMax ?? TimeSpan.FromMinutes(10));

    public int SampleCount
    {
        get
        {
            lock (_lock)
            {
                return _caller.Count;
            }
        }
    }

    public RecordingSummary? Summary { get; private set; }

    /// <summary>A copy of what the first channel holds from a sample on.</summary>
    public short[] Caller(int from = 0) => Copy(_caller, from);

    /// <summary>A copy of what the second channel holds from a sample on.</summary>
    public short[] Agent(int from = 0) => Copy(_agent, from);

    private short[] Copy(List<short> samples, int from)
    {
        lock (_lock)
        {
            return samples.Skip(from).ToArray();
        }
    }

    /// <summary>Waits until this many samples are there or the recording ended.</summary>
    public async Task WaitForSamples(int count, CancellationToken cancellation)
    {
        while (true)
        {
            Task grown;
            lock (_lock)
            {
                if (_caller.Count >= count || Summary is not null)
                {
                    return;
                }
                grown = _grown.Task;
            }
            await grown.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    public ValueTask WriteAsync(TapBlock block)
    {
        lock (_lock)
        {
            var room = Math.Min(block.Caller.Length, _samplesMax - _caller.Count);
            _caller.AddRange(G711.Decode(block.CallerCodec, block.Caller.Span[..room]));
            _agent.AddRange(G711.Decode(block.AgentCodec, block.Agent.Span[..room]));
            WakeWaiters();
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask CompleteAsync(RecordingSummary summary)
    {
        lock (_lock)
        {
            Summary = summary;
            WakeWaiters();
        }
        return ValueTask.CompletedTask;
    }

    private void WakeWaiters()
    {
        _grown.TrySetResult();
        _grown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
