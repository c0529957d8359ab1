using System.Threading.Channels;

namespace CallCenter.Media.Tests;

public class RecordingTests
{
    private const int Patience = Recording.AlignmentBuffer.DelaySamples;

    // Blocks of 20 ms: none is lost where many come at once, or the sink's turn comes late.
    private const int Waiting = 500;

    [Fact]
    public void The_block_that_is_filled_while_the_first_is_written_was_there_before_the_first_packet()
    {
        const int Samples = 4000;
        var filled = System.Threading.Channels.Channel.CreateBounded<Recording.FilledBlock>(4);
        var tap = new Recording.TapCore(filled.Writer, Samples, AudioCodec.Pcma, AudioCodec.Pcma, _ => { });
        tap.Start(0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        tap.Tick(Recording.AlignmentBuffer.DelaySamples + Samples + 160);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(Samples);
        filled.Reader.Count.ShouldBe(1);
        tap.Samples.ShouldBe(Samples + 160);
    }

    private sealed class Blocks(Task? gate = null, int throwAt = -1) : IRecordingSink
    {
        public List<(TapBlock Block, byte[] Caller, byte[] Agent)> Written { get; } = [];
        public RecordingSummary? Summary { get; private set; }

        public async ValueTask WriteAsync(TapBlock block)
        {
            if (gate is not null)
            {
                await gate;
            }
            if (block.Sequence == throwAt)
            {
                throw new IOException("disk full");
            }
            Written.Add((block, block.Caller.ToArray(), block.Agent.ToArray()));
        }

        public ValueTask CompleteAsync(RecordingSummary summary)
        {
            Summary = summary;
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task Two_channels_hold_what_each_side_said()
    {
        await using var net = new Loopback();
        var (caller, callerPhone) = await net.Party("caller", PayloadFormat.Pcma);
        var (agent, agentPhone) = await net.Party("agent", PayloadFormat.Pcmu);
        await caller.Bridge(agent);
        callerPhone.Leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        agentPhone.Leg.Play(Tones.Sine(1000, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await callerPhone.WaitForTone(1000, Loopback.Deadline);

        var memory = new MemoryRecorder();
        var tap = net.Engine.StartRecording(new RecordingOptions { Caller = caller, Agent = agent, Sink = memory, BlockDuration = TimeSpan.FromMilliseconds(100) });
        tap.CallerCodec.ShouldBe(AudioCodec.Pcma);
        tap.AgentCodec.ShouldBe(AudioCodec.Pcmu);
        using var timeout = new CancellationTokenSource(Loopback.Deadline);
        await memory.WaitForSamples(8000, timeout.Token);
        await Heard(memory, memory.Caller, 440, from: 800, timeout.Token);
        await Heard(memory, memory.Agent, 1000, from: 800, timeout.Token);
        var summary = await tap.Stop();

        summary.BlocksLost.ShouldBe(0);
        summary.Duration.ShouldBe(TimeSpan.FromSeconds(memory.SampleCount / 8000.0));
        Loopback.BestShare(memory.Caller(800), 1000).ShouldBeLessThan(0.02);
        Loopback.BestShare(memory.Agent(800), 440).ShouldBeLessThan(0.02);
    }

    [Fact]
    public async Task Blocks_are_dense_and_stop_flushes_the_last_part()
    {
        await using var net = new Loopback();
        var leg = net.OpenLeg();
        await leg.SetRemote(Loopback.Remote(9, PayloadFormat.Pcmu));
        var sink = new Blocks();
        var tap = net.Engine.StartRecording(new RecordingOptions { Caller = leg, Sink = sink, BlockDuration = TimeSpan.FromMilliseconds(40) });
        await Wait.Until(() => Task.FromResult(sink.Written.Count >= 3));
        var summary = await tap.Stop();

        sink.Summary.ShouldBe(summary);
        sink.Written.Select(each => each.Block.Sequence).ShouldBe(Enumerable.Range(0, sink.Written.Count).Select(number => (long)number));
        sink.Written.SkipLast(1).ShouldAllBe(each => each.Caller.Length == 320 && each.Agent.Length == 320);
        // A machine that stood still may have left blocks behind that nobody took in time: they are counted.
        summary.Duration.ShouldBe(TimeSpan.FromSeconds(sink.Written.Sum(each => each.Caller.Length) / 8000.0) + (summary.BlocksLost * TimeSpan.FromMilliseconds(40)), summary.BlocksLost == 0 ? TimeSpan.FromTicks(1) : TimeSpan.FromMilliseconds(41));
        sink.Written[2].Block.Offset.ShouldBe(TimeSpan.FromMilliseconds(80));
        sink.Written[2].Block.StartedAt.ShouldBe(tap.StartedAt + TimeSpan.FromMilliseconds(80));
        sink.Written.ShouldAllBe(each => each.Caller.All(code => code == 0xFF) && each.Agent.All(code => code == 0xFF));
        (await tap.Stop()).ShouldBe(summary);
    }

    [Fact]
    public async Task Pause_writes_silence_and_the_timeline_goes_on()
    {
        await using var net = new Loopback();
        var (caller, phone) = await net.Party("caller", PayloadFormat.Pcma);
        phone.Leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        var memory = new MemoryRecorder();
        var tap = net.Engine.StartRecording(new RecordingOptions { Caller = caller, Sink = memory, BlockDuration = TimeSpan.FromMilliseconds(20), BlocksMax = Waiting });
        using var timeout = new CancellationTokenSource(Loopback.Deadline);
        await Heard(memory, memory.Caller, 440, from: 0, timeout.Token);
        await tap.Pause();
        var paused = memory.SampleCount;
        await memory.WaitForSamples(paused + (4 * Patience), timeout.Token);
        await tap.Resume();
        var resumed = memory.SampleCount;
        await Heard(memory, memory.Caller, 440, from: resumed, timeout.Token);
        await tap.Stop();

        // What was being read at the pause is 400 ms behind it, so the silence lies within these bounds.
        ToneProbe.LevelDb(memory.Caller().AsSpan(paused + (2 * Patience), resumed - paused - (2 * Patience))).ShouldBeLessThan(-60);
    }

    [Fact]
    public async Task What_waited_in_the_socket_while_the_thread_stood_still_is_recorded()
    {
        const int Packets = 35; // 700 ms
        const byte Said = 1;
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var caller = net.OpenLeg("caller");
        await caller.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma));
        var memory = new MemoryRecorder();
        var tap = net.Engine.StartRecording(new RecordingOptions { Caller = caller, Sink = memory, BlockDuration = TimeSpan.FromMilliseconds(20), BlocksMax = Waiting });
        peer.SendRtp(caller.LocalRtp, 0, 0, fill: Said);
        await Wait.Until(async () => (await caller.GetStatistics()).PacketsReceived == 1);

        var stands = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var sent = new ManualResetEventSlim();
        var stall = caller.Thread.Post(() =>
        {
            var since = TimeProvider.System.GetTimestamp();
            stands.SetResult();
            sent.Wait();
            SpinWait.SpinUntil(() => TimeProvider.System.GetElapsedTime(since).TotalMilliseconds > 20 * Packets);
        });
        await stands.Task;
        for (ushort number = 1; number <= Packets; number++)
        {
            peer.SendRtp(caller.LocalRtp, number, number * 160u, fill: Said);
        }
        sent.Set();
        await stall;
        using var timeout = new CancellationTokenSource(Loopback.Deadline);
        await memory.WaitForSamples((Packets + 10) * 160, timeout.Token);
        await tap.Stop();

        memory.Caller().Count(sample => sample == G711.Decode(AudioCodec.Pcma, Said)).ShouldBe((Packets + 1) * 160);
    }

    [Fact]
    public async Task The_second_channel_can_change_its_leg_and_outlives_it()
    {
        await using var net = new Loopback();
        var (caller, _) = await net.Party("caller", PayloadFormat.Pcma);
        var (first, firstPhone) = await net.Party("first", PayloadFormat.Pcma);
        var (second, secondPhone) = await net.Party("second", PayloadFormat.Pcmu);
        firstPhone.Leg.Play(Tones.Sine(600, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        secondPhone.Leg.Play(Tones.Sine(900, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        var memory = new MemoryRecorder();
        var tap = net.Engine.StartRecording(new RecordingOptions { Caller = caller, Agent = first, Sink = memory, BlockDuration = TimeSpan.FromMilliseconds(20), BlocksMax = Waiting });
        using var timeout = new CancellationTokenSource(Loopback.Deadline);
        await Heard(memory, memory.Agent, 600, from: 0, timeout.Token);
        await first.Close();
        var closed = memory.SampleCount;
        await tap.SetAgent(second);
        await Heard(memory, memory.Agent, 900, from: closed, timeout.Token);
        await tap.Stop();

        Loopback.BestShare(memory.Agent().AsSpan(0, closed), 900).ShouldBeLessThan(0.05);
    }

    /// <summary>Waits until a channel holds 200 ms of the pure tone: a busy machine brings packets late, which breaks its phase.</summary>
    private static async Task Heard(MemoryRecorder memory, Func<int, short[]> channel, double hertz, int from, CancellationToken cancellation)
    {
        for (var until = from + 1600; Loopback.BestShare(channel(from), hertz) < 0.98; until += 800)
        {
            await memory.WaitForSamples(until, cancellation);
        }
    }

    [Fact]
    public async Task A_sink_that_is_too_slow_loses_blocks_and_says_so()
    {
        await using var net = new Loopback();
        var events = Channel.CreateUnbounded<MediaEvent>();
        var leg = net.OpenLeg("caller", raised => events.Writer.TryWrite(raised));
        await leg.SetRemote(Loopback.Remote(9, PayloadFormat.Pcma));
        var gate = new TaskCompletionSource();
        var sink = new Blocks(gate.Task);
        var tap = net.Engine.StartRecording(new RecordingOptions
        {
            Caller = leg,
            Sink = sink,
            BlockDuration = TimeSpan.FromMilliseconds(20),
            BlocksMax = 2,
        });
        using var timeout = new CancellationTokenSource(Loopback.Deadline);
        var lost = (await events.Reader.ReadAsync(timeout.Token)).ShouldBeOfType<RecordingBlocksLost>();
        lost.Tap.ShouldBe(tap);
        lost.Blocks.ShouldBe(1);
        gate.SetResult();
        var summary = await tap.Stop();

        summary.BlocksLost.ShouldBeGreaterThanOrEqualTo(1);
        summary.Blocks.ShouldBe(sink.Written.Count);
        sink.Written.Select(each => each.Block.Sequence).ShouldBeInOrder();
        (summary.Blocks + summary.BlocksLost).ShouldBe((long)Math.Ceiling(summary.Duration.TotalMilliseconds / 20));
    }

    [Fact]
    public async Task A_sink_that_throws_loses_its_block_and_is_reported()
    {
        var faults = Channel.CreateUnbounded<MediaFault>();
        await using var engine = MediaEngine.Start(new MediaOptions { PortFrom = 0, OnFault = fault => faults.Writer.TryWrite(fault) }, TimeProvider.System);
        engine.TryOpenLeg(new LegOptions(), out var leg, out _).ShouldBeTrue();
        var sink = new Blocks(throwAt: 1);
        var tap = engine.StartRecording(new RecordingOptions { Caller = leg!, Sink = sink, BlockDuration = TimeSpan.FromMilliseconds(200) });
        using var timeout = new CancellationTokenSource(Loopback.Deadline);
        var fault = await faults.Reader.ReadAsync(timeout.Token);
        fault.Where.ShouldBe("sink");
        fault.Exception.ShouldBeOfType<IOException>();
        fault.Leg.ShouldBe(leg);
        (await tap.Stop()).BlocksLost.ShouldBe(1);
    }

    [Fact]
    public async Task Stopping_the_engine_completes_a_recording()
    {
        var net = new Loopback();
        var leg = net.OpenLeg();
        var sink = new Blocks();
        var tap = net.Engine.StartRecording(new RecordingOptions { Caller = leg, Sink = sink });
        await net.DisposeAsync();
        (await tap.Stop()).ShouldBe(sink.Summary);
    }
}
