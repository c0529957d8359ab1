using CallCenter.Media.Engine;

namespace CallCenter.Media.Listening;

/// <summary>
/// The media thread's half of a <see cref="SpeechWatch"/>: each 20 ms who speaks, the caller, the others, both or nobody. Time without
/// others is no conversation and is counted nowhere. Nothing is allocated while it runs.
/// </summary>
internal sealed class SpeechCore(LegCore caller)
{
    /// <summary>Places of the timeline; when they are full, two become one.</summary>
    public const int SlotsMax = 600;

    /// <summary>Bits of a place.</summary>
    public const byte Caller = 1, Others = 2, Conversation = 4;

    private readonly byte[] _slots = new byte[SlotsMax];
    private LegCore[] _others = [];
    private long _start = -1;
    private long _last;
    private long _slotSamples = Clip.Rate;
    private long _talk;
    private long _callerTalks;
    private long _othersTalk;
    private long _both;
    private long _neither;
    private long _pause;
    private long _longestPause;

    /// <summary>Who speaks with the caller from now on; nobody: the time is not counted.</summary>
    public void SetOthers(LegCore[] others, long now)
    {
        Tick(now);
        Release();
        _others = others;
        foreach (var leg in others)
        {
            leg.MeterSpeech(1);
        }
        if (others.Length > 0)
        {
            caller.MeterSpeech(1);
            _start = _start < 0 ? now : _start;
        }
        (_last, _pause) = (Math.Max(_last, now), 0);
    }

    /// <summary>Counts the time since the last tick as what is heard now.</summary>
    public void Tick(long now)
    {
        if (_others.Length == 0 || now <= _last)
        {
            return;
        }
        var passed = now - _last;
        _last = now;
        var callerTalks = caller.IsTalking(now);
        var othersTalk = false;
        foreach (var leg in _others)
        {
            othersTalk |= leg.IsTalking(now);
        }
        _talk += passed;
        _callerTalks += callerTalks ? passed : 0;
        _othersTalk += othersTalk ? passed : 0;
        _both += callerTalks && othersTalk ? passed : 0;
        _neither += callerTalks || othersTalk ? 0 : passed;
        _pause = callerTalks || othersTalk ? 0 : _pause + passed;
        _longestPause = Math.Max(_longestPause, _pause);
        Mark(now, (byte)(Conversation | (callerTalks ? Caller : 0) | (othersTalk ? Others : 0)));
    }

    public SpeechFigures Stop(long now)
    {
        SetOthers([], now);
        var used = _start < 0 ? 0 : (int)Math.Min(SlotsMax, ((_last - _start) / _slotSamples) + 1);
        return new SpeechFigures(Time(_talk), Time(_callerTalks), Time(_othersTalk), Time(_both), Time(_neither), Time(_longestPause),
            Time(_slotSamples), string.Create(used, _slots, (text, slots) =>
            {
                for (var i = 0; i < text.Length; i++)
                {
                    text[i] = "---- cob"[slots[i]];
                }
            }));
    }

    private void Mark(long now, byte bits)
    {
        var slot = (now - 1 - _start) / _slotSamples;
        for (; slot >= SlotsMax; slot /= 2)
        {
            for (var i = 0; i < SlotsMax / 2; i++)
            {
                _slots[i] = (byte)(_slots[2 * i] | _slots[(2 * i) + 1]);
            }
            _slots.AsSpan(SlotsMax / 2).Clear();
            _slotSamples *= 2;
        }
        _slots[slot] |= bits;
    }

    private void Release()
    {
        foreach (var leg in _others)
        {
            leg.MeterSpeech(-1);
        }
        if (_others.Length > 0)
        {
            caller.MeterSpeech(-1);
        }
        _others = [];
    }

    private static TimeSpan Time(long samples) => TimeSpan.FromMilliseconds(samples * 1000 / Clip.Rate);
}
