using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Threading.Channels;
using CallCenter.Media.Dtls;
using CallCenter.Media.Engine;
using CallCenter.Media.Net;

namespace CallCenter.Media;

/// <summary>The media plane of a process: media threads, ports and the events that leave them.</summary>
public sealed class MediaEngine : IAsyncDisposable
{
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(10);

    private readonly MediaThread[] _threads;
    private readonly PortAllocator? _ports;
    private readonly Channel<object> _events;
    private readonly Telemetry _telemetry;
    private readonly Task _pump;
    private readonly Lazy<DtlsContext> _dtls;
    private long _nextId;
    private long _eventsDropped;
    private int _stopped;

    private MediaEngine(MediaOptions options, TimeProvider clock)
    {
        Options = options;
        Clock = clock;
        _ports = options.PortFrom == 0 ? null : new PortAllocator(options.PortFrom, options.PortTo, options.PortCoolDown, clock);
        _events = Channel.CreateBounded<object>(new BoundedChannelOptions(options.EventsMax) { SingleReader = true });
        _threads = [.. Enumerable.Range(0, options.Threads).Select(number => new MediaThread(this, number))];
        _dtls = new Lazy<DtlsContext>(() => DtlsContext.Create(clock));
        _telemetry = new Telemetry(this);
        _pump = Task.Run(PumpAsync);
    }

    public MediaOptions Options { get; }

    /// <summary>Events that no handler saw because <see cref="MediaOptions.EventsMax"/> were waiting.</summary>
    public long EventsDropped => Interlocked.Read(ref _eventsDropped);

    /// <summary>Legs that are open.</summary>
    public int Legs => _threads.Sum(thread => Volatile.Read(ref thread.LegCount));

    internal TimeProvider Clock { get; }

    /// <summary>There once a secure leg was opened.</summary>
    internal DtlsContext? Dtls => _dtls.IsValueCreated ? _dtls.Value : null;
    internal IReadOnlyList<MediaThread> Threads => _threads;

    /// <summary>Starts the media threads. Throws <see cref="ArgumentException"/> for options that cannot work.</summary>
    public static MediaEngine Start(MediaOptions options, TimeProvider clock)
    {
        options.Validate();
        var engine = new MediaEngine(options, clock);
        foreach (var thread in engine._threads)
        {
            thread.Start();
        }
        return engine;
    }

    /// <summary>
    /// Opens a leg: binds its ports at once, so that they can go into an SDP. Until <see cref="MediaLeg.SetRemote"/> whatever
    /// arrives is dropped and counted. False says why in <paramref name="error"/>.
    /// </summary>
    public bool TryOpenLeg(LegOptions options, [NotNullWhen(true)] out MediaLeg? leg, out OpenLegError error)
    {
        leg = null;
        if (Volatile.Read(ref _stopped) == 1)
        {
            error = OpenLegError.Stopped;
            return false;
        }
        if (options.Security != MediaSecurity.None && !HasOpenSsl())
        {
            error = OpenLegError.SecurityUnavailable;
            return false;
        }
        var thread = options.Near?.Thread ?? Array.Find(_threads, each => each.HasRoom) ?? _threads.MinBy(each => Volatile.Read(ref each.LegCount))!;
        if (Interlocked.Increment(ref thread.LegCount) > Options.LegsMax)
        {
            Interlocked.Decrement(ref thread.LegCount);
            error = OpenLegError.TooManyLegs;
            return false;
        }
        if (AddressFor(options.Family) is not { } address)
        {
            Interlocked.Decrement(ref thread.LegCount);
            error = OpenLegError.SocketRefused;
            return false;
        }
        if (PortPair.TryOpen(_ports, address, Options.Dscp, muxed: options.Security == MediaSecurity.Dtls, out error) is not { } ports)
        {
            Interlocked.Decrement(ref thread.LegCount);
            return false;
        }
        leg = Adopt(options, thread, ports);
        error = leg is null ? OpenLegError.Stopped : OpenLegError.None;
        return leg is not null;
    }

    /// <summary>Where a leg of that family is bound; null where the engine has no address of it.</summary>
    private NativeAddress? AddressFor(AddressFamily? family) =>
        family is null || family == Options.BindAddress.AddressFamily ? NativeAddress.From(Options.BindAddress)
        : family == Options.SecondAddress?.AddressFamily ? NativeAddress.From(Options.SecondAddress)
        : null;

    /// <summary>Makes the engine's certificate at the first secure leg; a machine without OpenSSL still has plain ones.</summary>
    private bool HasOpenSsl()
    {
        try
        {
            return _dtls.Value.Handle != 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException or InvalidOperationException)
        {
            Report(new MediaFault("security", exception));
            return false;
        }
    }

    private MediaLeg? Adopt(LegOptions options, MediaThread thread, PortPair ports)
    {
        var leg = new MediaLeg(this, thread, ports, options, Interlocked.Increment(ref _nextId));
        var posted = thread.Post(() => thread.Add(leg.Core));
        if (!posted.IsFaulted && !thread.Exited)
        {
            return leg;
        }
        ports.Close();
        Interlocked.Decrement(ref thread.LegCount);
        return null;
    }

    /// <summary>Starts a recording; both legs must live on one media thread (<see cref="LegOptions.Near"/>).</summary>
    public RecordingTap StartRecording(RecordingOptions options)
    {
        if (options.Caller.Engine != this)
        {
            throw new ArgumentException($"{options.Caller} belongs to another engine.");
        }
        if (options.Agent is { } agent && agent.Thread != options.Caller.Thread)
        {
            throw new ArgumentException($"{agent} and {options.Caller} live on different media threads; open one Near the other.");
        }
        var tap = new RecordingTap(options, options.Caller.Thread);
        tap.Start();
        return tap;
    }

    /// <summary>A conference, without parties yet, for legs of this one's media thread. It holds nothing while it has no party.</summary>
    public Conference OpenConference(MediaLeg near) =>
        near.Engine == this ? new Conference(near.Thread) : throw new ArgumentException($"{near} belongs to another engine.");

    /// <summary>Measures who speaks in the conversations of this leg, from <see cref="SpeechWatch.SetOthers"/> on.</summary>
    public SpeechWatch WatchSpeech(MediaLeg caller) =>
        caller.Engine == this ? new SpeechWatch(caller) : throw new ArgumentException($"{caller} belongs to another engine.");

    internal void Raise(MediaEvent raised)
    {
        if (raised.Leg.OnEvent is not null && !_events.Writer.TryWrite(raised))
        {
            Interlocked.Increment(ref _eventsDropped);
        }
    }

    internal void Report(MediaFault fault)
    {
        if (!_events.Writer.TryWrite(fault))
        {
            Interlocked.Increment(ref _eventsDropped);
        }
    }

    private async Task PumpAsync()
    {
        await foreach (var item in _events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (item is MediaEvent raised)
            {
                Handle(raised);
            }
            else
            {
                Handle((MediaFault)item);
            }
        }
    }

    private void Handle(MediaEvent raised)
    {
        try
        {
            raised.Leg.OnEvent!(raised);
        }
        catch (Exception exception)
        {
            Handle(new MediaFault("handler", exception, raised.Leg));
        }
    }

    private void Handle(MediaFault fault)
    {
        try
        {
            Options.OnFault?.Invoke(fault);
        }
        catch (Exception)
        {
            // The last handler of faults failed itself; events must still flow, and the meter shows it.
            Interlocked.Increment(ref _eventsDropped);
        }
    }

    /// <summary>
    /// Closes every leg (RTCP BYE), ends every recording, stops the threads and delivers the last events.
    /// Throws <see cref="TimeoutException"/> where a handler of events blocks for 10 s.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 0)
        {
            foreach (var thread in _threads)
            {
                thread.Dispose();
            }
            _events.Writer.TryComplete();
            _telemetry.Dispose();
            Dtls?.Dispose();
        }
        await _pump.WaitAsync(StopDeadline, Clock).ConfigureAwait(false);
    }
}
