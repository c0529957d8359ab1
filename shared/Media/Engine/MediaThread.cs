using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CallCenter.Media.Net;
using CallCenter.Media.Recording;
using Microsoft.Win32.SafeHandles;

namespace CallCenter.Media.Engine;

/// <summary>
/// One dedicated thread: an epoll over its legs' sockets, a timer of 20 ms and a wake-up for commands.
/// Everything a leg does happens here, so legs need no locks. User code never runs here.
/// </summary>
internal sealed unsafe partial class MediaThread : IDisposable
{
    private const int TickNanoseconds = 20_000_000;
    private const int EventsMax = 256, RoundsMax = 32;
    /// <summary>Larger datagrams are refused.</summary>
    public const int ReceiveSize = 2048;
    // What a buffer holds beyond a datagram: a relayed packet grows by the other leg's tag.
    private const int BufferSize = ReceiveSize + SrtpProfiles.GrowthMax;
    private const int CommandsPerTurn = 256;
    // After a longer stall the missed frames are skipped instead of sent in a burst.
    private const int CatchUpTicksMax = 10;
    // Recordings are read each 100 ms, so that their sinks wake for many blocks at once, and when no packet waits, so that none is missing
    // after a stall, which counts as one tick; where packets always wait, half a second after the last time.
    private const int TapTicks = 5, TapTicksMax = 25;
    private const ulong WakeKey = ulong.MaxValue;
    private const ulong TimerKey = ulong.MaxValue - 1;
    // struct epoll_event is packed on x86-64 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly MediaEngine _engine;
    private readonly CommandQueue _commands;
    private readonly Thread _thread;
    private readonly int _epoll;
    // A safe handle: any thread may be writing to it at the moment the engine stops.
    private readonly SafeFileHandle _wake;
    private readonly int _timer;
    private readonly LegCore?[] _slots;
    private readonly uint[] _generations;
    private readonly Stack<int> _freeSlots = new();
    private readonly List<LegCore> _legs = [];
    private readonly int _rtcpSamples;
    private readonly long _gather; // ns
    // Spreads RTCP in time; needs no secrecy.
    private readonly Random _random = new(RandomNumberGenerator.GetInt32(int.MaxValue));
    private byte* _events;
    private int _wakePending;
    private int _ticks;
    private int _ticksSinceTaps;
    private volatile bool _stopping;
    private volatile bool _exited;

    public MediaThread(MediaEngine engine, int number)
    {
        _engine = engine;
        var options = engine.Options;
        _commands = new CommandQueue(options.CommandsMax);
        _slots = new LegCore[options.LegsMax];
        _generations = new uint[options.LegsMax];
        for (var slot = options.LegsMax - 1; slot >= 0; slot--)
        {
            _freeSlots.Push(slot);
        }
        _gather = options.Gather.Ticks * 100;
        SilenceSamples = (long)(options.SilenceTimeout.TotalSeconds * Clip.Rate);
        _rtcpSamples = (int)(options.RtcpInterval.TotalSeconds * Clip.Rate);
        IceSamples = (long)(options.IceTimeout.TotalSeconds * Clip.Rate);
        HandshakeSamples = (long)(options.HandshakeTimeout.TotalSeconds * Clip.Rate);
        Handshakes = new Dtls.HandshakeLimit(options.HandshakesMax);
        _epoll = Libc.Check(Libc.EpollCreate(Libc.EPOLL_CLOEXEC), "epoll_create1");
        _wake = new SafeFileHandle(Libc.Check(Libc.EventFd(0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC), "eventfd"), ownsHandle: true);
        _timer = Libc.Check(Libc.TimerFdCreate(Libc.CLOCK_MONOTONIC, Libc.TFD_NONBLOCK | Libc.TFD_CLOEXEC), "timerfd_create");
        _events = (byte*)NativeMemory.AllocZeroed((nuint)(EventsMax * EventSize));
        _thread = new Thread(Run) { Name = $"media-{number}", IsBackground = true };
    }

    public TimeProvider Clock => _engine.Clock;
    public MediaCounters Counters { get; } = new();

    /// <summary>The media clock in samples (1/8000 s), read once for each batch of packets.</summary>
    public long Now { get; private set; } = ReadClock();

    /// <summary>What leaves at the end of the round, and the buffers for it.</summary>
    public Outbox Outbox { get; } = new(BufferSize);

    /// <summary>For legs that rest.</summary>
    public DatagramBatch Batch { get; } = new(ReceiveSize);
    public List<TapCore> Taps { get; } = [];
    public List<MixCore> Mixes { get; } = [];
    public List<Listening.SpeechCore> Speeches { get; } = [];
    public long SilenceSamples { get; }
    public long IceSamples { get; }
    public long HandshakeSamples { get; }
    public Dtls.HandshakeLimit Handshakes { get; }

    /// <summary>Legs opened and not yet closed; counted by the threads that open them.</summary>
    public int LegCount;

    public bool Exited => _exited;

    public void Start()
    {
        Watch((int)_wake.DangerousGetHandle(), WakeKey);
        Watch(_timer, TimerKey);
        var spec = new Libc.TimerSpec { IntervalNanoseconds = TickNanoseconds, FirstNanoseconds = TickNanoseconds };
        _ = Libc.Check(Libc.TimerFdSetTime(_timer, 0, &spec, null), "timerfd_settime");
        _thread.Start();
    }

    // ---- any thread ----

    /// <summary>
    /// Has a command executed on the media thread, in the order of posting. The task faults when the queue is full or the
    /// command throws; after the engine has stopped nothing is left to command, and it completes at once.
    /// </summary>
    public Task Post(Action command)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => Execute(command, done), done);
        return done.Task;
    }

    private void Post(Action work, TaskCompletionSource done)
    {
        if (!TryPost(work))
        {
            done.TrySetException(new InvalidOperationException(
                $"The media thread has {_engine.Options.CommandsMax} commands waiting and takes no more."));
        }
        else if (_exited)
        {
            done.TrySetResult();
        }
    }

    /// <summary>Posts without a completion; false when the queue is full.</summary>
    public bool TryPost(Action command)
    {
        if (!_commands.TryEnqueue(command))
        {
            return false;
        }
        Wake();
        return true;
    }

    private void Execute(Action command, TaskCompletionSource done)
    {
        try
        {
            command();
            done.TrySetResult();
        }
        catch (Exception exception)
        {
            done.TrySetException(exception);
            Report(new MediaFault("command", exception));
        }
    }

    private void Wake()
    {
        if (_exited || Interlocked.Exchange(ref _wakePending, 1) == 1)
        {
            return;
        }
        try
        {
            ulong one = 1;
            _ = Libc.Write(_wake, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The thread ended between the check and the write: there is nobody to wake.
        }
    }

    public void Raise(MediaEvent raised) => _engine.Raise(raised);

    public void Report(MediaFault fault) => _engine.Report(fault);

    /// <summary>Closes every leg and waits for the thread's end.</summary>
    public void Dispose()
    {
        _stopping = true;
        Wake();
        _thread.Join();
    }

    // ---- the media thread ----

    public static long ReadClock() => (long)(Stopwatch.GetTimestamp() * ((double)Clip.Rate / Stopwatch.Frequency));

    private void Run()
    {
        Precedence.Take();
        // The first call of a function binds it, which allocates: not in mid-call.
        WatchBusyness();
        if (_engine.Options.IoUring)
        {
            Outbox.OpenRing();
        }
        for (var round = 0; !_stopping;)
        {
            var count = Libc.EpollWait(_epoll, _events, EventsMax, round == 0 ? -1 : 0);
            Serve(count);
            ReadTaps(nothingWaits: count == 0);
            // Each socket gives one packet a round; a pause begins when all are empty, so that a burst does not wait for its turns.
            round = count > 0 && round < RoundsMax ? round + 1 : Gather();
        }
        Shutdown();
    }

    private void Serve(int count)
    {
        Now = ReadClock();
        var tick = false;
        for (var i = 0; i < count; i++)
        {
            var key = *(ulong*)(_events + (i * EventSize) + EventSize - sizeof(ulong));
            if (key == TimerKey)
            {
                tick = true;
            }
            else
            {
                Dispatch(key);
            }
        }
        if (tick)
        {
            // Last, so that conferences have what came before.
            Dispatch(TimerKey);
        }
        Outbox.Flush();
    }

    private void ReadTaps(bool nothingWaits)
    {
        if (_ticksSinceTaps >= (nothingWaits ? TapTicks : TapTicksMax))
        {
            _ticksSinceTaps = 0;
            foreach (var tap in Taps)
            {
                tap.Tick(Now);
            }
        }
    }

    /// <summary>Lets packets come together, so that one wake-up serves them all; 0, the next round.</summary>
    private int Gather()
    {
        if (_gather > 0)
        {
            var time = new Libc.TimeSpec { Nanoseconds = _gather };
            _ = Libc.NanoSleep(&time, null);
        }
        return 0;
    }

    private void Dispatch(ulong key)
    {
        try
        {
            if (key == TimerKey)
            {
                OnTimer();
            }
            else if (key == WakeKey)
            {
                // Commands find sent and counted what came before them.
                Outbox.Flush();
                OnWake();
            }
            else if (Find(key) is { } leg)
            {
                Receive(leg, (Socket)(key & ((1 << SocketBits) - 1)));
            }
        }
        catch (Exception exception)
        {
            // A fault in one packet or tick must not end the calls of the whole thread.
            Report(new MediaFault(key == TimerKey ? "tick" : "packet", exception));
        }
    }

    private void OnWake()
    {
        ulong count;
        _ = Libc.Read((int)_wake.DangerousGetHandle(), &count, sizeof(ulong));
        Volatile.Write(ref _wakePending, 0);
        Interlocked.MemoryBarrier();
        for (var i = 0; i < CommandsPerTurn; i++)
        {
            if (!_commands.TryDequeue(out var command))
            {
                return;
            }
            command();
        }
        // More is waiting; packets get their turn first.
        Wake();
    }

    private void OnTimer()
    {
        ulong ticks;
        if (Libc.Read(_timer, &ticks, sizeof(ulong)) != sizeof(ulong))
        {
            return;
        }
        Counters.LateTicks += (long)ticks - 1;
        WatchBusyness();
        if (ticks > CatchUpTicksMax)
        {
            foreach (var leg in _legs)
            {
                leg.SkipTime();
            }
        }
        for (var i = Math.Min(ticks, CatchUpTicksMax); i > 0; i--)
        {
            _ticks++;
            foreach (var leg in _legs)
            {
                Tick(leg);
            }
        }
        foreach (var mix in Mixes)
        {
            mix.Tick(Now);
        }
        _ticksSinceTaps++;
        foreach (var speech in Speeches)
        {
            speech.Tick(Now);
        }
    }

    private void Tick(LegCore leg)
    {
        try
        {
            leg.Tick(Now);
        }
        catch (Exception exception)
        {
            // One leg's fault must not take the tick of all others.
            Report(new MediaFault("tick", exception, leg.Handle));
        }
    }

    /// <summary>0.5 to 1.5 of the interval, in samples (RFC 3550, section 6.3.1).</summary>
    public int NextRtcpDelay() => (_rtcpSamples / 2) + _random.Next(_rtcpSamples);

    private void Shutdown()
    {
        _exited = true;
        Interlocked.MemoryBarrier();
        // Whatever was posted before this point is still executed: it finds its legs closed.
        while (_commands.TryDequeue(out var command))
        {
            command();
        }
        foreach (var tap in Taps)
        {
            tap.Stop(Now);
        }
        Taps.Clear();
        while (_legs.Count > 0)
        {
            _legs[^1].Close();
        }
        _ = Libc.Close(_epoll);
        _ = Libc.Close(_timer);
        _wake.Dispose();
        NativeMemory.Free(_events);
        Outbox.Dispose();
        Batch.Dispose();
        _events = null;
    }
}
