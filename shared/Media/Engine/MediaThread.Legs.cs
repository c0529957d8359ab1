using CallCenter.Media.Net;

namespace CallCenter.Media.Engine;

/// <summary>Which legs live on the thread, whether it takes more, and how an event of the epoll finds its own.</summary>
internal sealed unsafe partial class MediaThread
{
    // The last bits of a key: which of the leg's sockets.
    private const int SocketBits = 2;

    // A leg that rests is read each so many ticks: 200 ms.
    private const int RestTicks = 10;

    private const double BusyEasy = 0.5; // so that a packet finds its thread waiting
    private const long BusyWindow = Clip.Rate; // samples: 1 s

    private enum Socket : byte
    {
        Rtp,
        Rtcp,
        Direct,
    }

    private double _busy;
    private long _busyFrom;
    private long _cpuFrom; // ns

    /// <summary>May one more call be opened here before another thread begins (<see cref="MediaOptions.LegsBeforeNextThread"/>)?</summary>
    public bool HasRoom => Volatile.Read(ref LegCount) < _engine.Options.LegsBeforeNextThread && Volatile.Read(ref _busy) < BusyEasy;

    /// <summary>Each second: which share of it the thread computed.</summary>
    private void WatchBusyness()
    {
        var passed = Now - _busyFrom;
        if (passed < BusyWindow)
        {
            return;
        }
        Libc.TimeSpec cpu;
        _ = Libc.ClockGetTime(Libc.CLOCK_THREAD_CPUTIME_ID, &cpu);
        var nanoseconds = (cpu.Seconds * 1_000_000_000) + cpu.Nanoseconds;
        Volatile.Write(ref _busy, (nanoseconds - _cpuFrom) / 1e9 / ((double)passed / Clip.Rate));
        (_busyFrom, _cpuFrom) = (Now, nanoseconds);
    }

    public void Add(LegCore leg)
    {
        leg.Slot = _freeSlots.Pop();
        leg.Index = _legs.Count;
        _slots[leg.Slot] = leg;
        _legs.Add(leg);
        try
        {
            Watch(leg.Ports.Rtp.Fd, KeyOf(leg));
            if (!leg.Ports.IsMuxed)
            {
                Watch(leg.Ports.Rtcp.Fd, KeyOf(leg) | (uint)Socket.Rtcp);
            }
        }
        catch (InvalidOperationException)
        {
            // A leg that cannot hear must not look alive; the fault is reported with the command.
            leg.Close();
            throw;
        }
    }

    /// <summary>Also listens to the leg's connected socket, which is taken out by closing it. False: the kernel watches no more.</summary>
    public bool TryAddDirect(LegCore leg, UdpSocket direct) => TryWatch(direct.Fd, KeyOf(leg) | (uint)Socket.Direct) == 0;

    /// <summary>Listens to it no more; what it receives waits there.</summary>
    public void RemoveDirect(UdpSocket direct) => Unwatch(direct);

    /// <summary>Is it this leg's tick to be read? Spread evenly over the ticks.</summary>
    public bool IsRestTurn(int slot) => (_ticks + slot) % RestTicks == 0;

    /// <summary>As <see cref="Post(Action)"/>, for a leg: a command that meets its move to another thread follows it there.</summary>
    public Task Post(LegCore leg, Action command)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => Execute(leg, command, done), done);
        return done.Task;
    }

    private void Execute(LegCore leg, Action command, TaskCompletionSource done)
    {
        if (leg.Owner == this)
        {
            Execute(command, done);
        }
        else
        {
            var to = leg.Handle.Thread;
            to.Post(() => to.Execute(leg, command, done), done);
        }
    }

    /// <summary>
    /// Gives a leg to another thread: from here on this one knows nothing of it, the other takes it with its next commands. What arrives in between waits in the
    /// leg's sockets, so nothing is lost or read twice. On this thread.
    /// </summary>
    public void HandOver(LegCore leg, MediaThread to, TaskCompletionSource moved)
    {
        leg.LeaveAll();
        if (to == this || leg.IsClosed)
        {
            moved.TrySetResult();
            return;
        }
        if (leg.IsHandshaking || Interlocked.Increment(ref to.LegCount) > _engine.Options.LegsMax)
        {
            _ = leg.IsHandshaking ? 0 : Interlocked.Decrement(ref to.LegCount);
            moved.TrySetException(new InvalidOperationException($"{leg.Handle} cannot move: {(leg.IsHandshaking ? "its keys are being agreed" : "the other thread has no room")}."));
            return;
        }
        Unwatch(leg);
        Remove(leg);
        // Whoever posts from now on posts there; a command that comes before the leg goes round again.
        (leg.Owner, leg.Handle.Thread) = (null, to);
        var taken = 0;
        bool Takes() => Interlocked.Exchange(ref taken, 1) == 0;
        var posted = to.TryPost(() =>
        {
            if (Takes())
            {
                to.TakeOver(leg, moved);
            }
        });
        if ((!posted || to.Exited) && Takes())
        {
            // Nobody there will take it.
            leg.Handle.Thread = this;
            leg.Enter(this);
            Interlocked.Decrement(ref to.LegCount);
            Interlocked.Increment(ref LegCount);
            Add(leg);
            leg.WatchDirect();
            moved.TrySetException(new InvalidOperationException($"{leg.Handle} cannot move: the other thread takes no commands."));
        }
    }

    private void TakeOver(LegCore leg, TaskCompletionSource moved)
    {
        leg.Enter(this);
        try
        {
            Add(leg);
            leg.WatchDirect();
            moved.TrySetResult();
        }
        catch (InvalidOperationException exception)
        {
            moved.TrySetException(exception);
            Report(new MediaFault("move", exception, leg.Handle));
        }
    }

    private void Watch(int fd, ulong key) => _ = Libc.Check(TryWatch(fd, key), "epoll_ctl");

    private int TryWatch(int fd, ulong key)
    {
        var raw = stackalloc byte[16];
        *(uint*)raw = Libc.EPOLLIN;
        *(ulong*)(raw + EventSize - sizeof(ulong)) = key;
        return Libc.EpollCtl(_epoll, Libc.EPOLL_CTL_ADD, fd, raw);
    }

    private void Unwatch(LegCore leg)
    {
        Unwatch(leg.Ports.Rtp);
        if (!leg.Ports.IsMuxed)
        {
            Unwatch(leg.Ports.Rtcp);
        }
        leg.UnwatchDirect();
    }

    private void Unwatch(UdpSocket socket)
    {
        var unused = stackalloc byte[16];
        _ = Libc.EpollCtl(_epoll, Libc.EPOLL_CTL_DEL, socket.Fd, unused);
    }

    public void Remove(LegCore leg)
    {
        // Closed sockets leave the epoll by themselves; events of this batch are told by the generation.
        _generations[leg.Slot]++;
        _slots[leg.Slot] = null;
        _freeSlots.Push(leg.Slot);
        var last = _legs[^1];
        (_legs[leg.Index], last.Index) = (last, leg.Index);
        _legs.RemoveAt(_legs.Count - 1);
        Interlocked.Decrement(ref LegCount);
    }

    private ulong KeyOf(LegCore leg) => ((ulong)(_generations[leg.Slot] & 0x7FFF_FFFF) << 32) | ((uint)leg.Slot << SocketBits);

    private LegCore? Find(ulong key)
    {
        var slot = (int)((uint)key >> SocketBits);
        return (uint)(key >> 32) == (_generations[slot] & 0x7FFF_FFFF) ? _slots[slot] : null;
    }

    private void Receive(LegCore leg, Socket socket)
    {
        switch (socket)
        {
            case Socket.Rtp:
                leg.ReceiveRtp(Now);
                break;
            case Socket.Direct:
                leg.ReceiveDirect(Now);
                break;
            default:
                leg.ReceiveRtcp();
                break;
        }
    }
}
