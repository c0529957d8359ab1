namespace CallCenter.Media.Engine;

/// <summary>Which legs live on the thread, and how an event of the epoll finds its own.</summary>
internal sealed unsafe partial class MediaThread
{
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
                Watch(leg.Ports.Rtcp.Fd, KeyOf(leg) | 1);
            }
        }
        catch (InvalidOperationException)
        {
            // A leg that cannot hear must not look alive; the fault is reported with the command.
            leg.Close();
            throw;
        }
    }

    public void Remove(LegCore leg)
    {
        // Closing the sockets takes them out of the epoll; events of this batch are told by the generation.
        _generations[leg.Slot]++;
        _slots[leg.Slot] = null;
        _freeSlots.Push(leg.Slot);
        var last = _legs[^1];
        (_legs[leg.Index], last.Index) = (last, leg.Index);
        _legs.RemoveAt(_legs.Count - 1);
        Interlocked.Decrement(ref LegCount);
    }

    private ulong KeyOf(LegCore leg) => ((ulong)(_generations[leg.Slot] & 0x7FFF_FFFF) << 32) | ((uint)leg.Slot << 1);

    private LegCore? Find(ulong key)
    {
        var slot = (int)((uint)key >> 1);
        return (uint)(key >> 32) == (_generations[slot] & 0x7FFF_FFFF) ? _slots[slot] : null;
    }
}
