namespace CallCenter.Media.Listening;

/// <summary>
/// Who or what answered, from the audio alone, as a state machine without clock or socket: feed it frames of 20 ms.
/// <code>
///   listening ── steady tone 1100 or 2100 Hz ──────────────────> Fax
///       ├─ other steady tone of 300 ms before any speech ──────> Tone
///       ├─ nothing for SilenceMs ──────────────────────────────> Silence
///       ├─ speech of at most GreetingMs, then PauseMs of quiet > Human
///       └─ more speech than that ──> Machine ── steady tone of BeepMs, then its end ──> Beep
/// </code>
/// A person says few words and waits; a machine goes on. What takes a person for a machine is a silent call, so the doubt is the person's.
/// </summary>
internal sealed class AnswerDetector
{
    /// <summary>Samples of a frame.</summary>
    public const int Frame = 160;

    /// <summary>Milliseconds: see the head of this class.</summary>
    public const int SilenceMs = 5000, GreetingMs = 2400, PauseMs = 900, BeepMs = 120;

    private const int FrameMs = 20, FaxMs = 300, ToneMs = 300, SpeechMinMs = 120;
    // A tone is steady while its frequency stays within 4 % and its level within 4 dB, so that two tones that beat are too.
    private const double SameHertz = 0.04, SameLevel = 2.5;
    private const double HertzMin = 300, HertzMax = 2600;

    private readonly Loudness _loudness = new();
    private readonly short[] _two = new short[2 * Frame];
    private int _now;
    private int _speech;
    private int _quiet;
    private int _pieces;
    private int _doubtful;
    private double _hertz;
    private double _level;
    private int _toneMs;
    private AnswerKind? _told;

    /// <summary>Milliseconds heard.</summary>
    public int HeardMs => _now;

    /// <summary>Nothing more will be told.</summary>
    public bool IsOver => _told is not (null or AnswerKind.Machine);

    /// <summary>Takes a frame; gives what has become known with it, at most twice: Machine, then Beep.</summary>
    public Answer? Add(ReadOnlySpan<short> frame)
    {
        _now += FrameMs;
        if (IsOver)
        {
            return null;
        }
        var level = Loudness.MeanSquare(frame);
        var loud = _loudness.Add(level);
        _two.AsSpan(Frame).CopyTo(_two);
        frame.CopyTo(_two.AsSpan(Frame));
        var ended = FollowTone(loud);
        return _told == AnswerKind.Machine ? AfterMachine(ended) : Judge(loud, ended);
    }

    /// <summary>No more is to be heard: what it is then, when nothing has been told; a doubt is the person's.</summary>
    public Answer? GiveUp() => _told is null ? Tell(_speech < SpeechMinMs ? AnswerKind.Silence : AnswerKind.Human, 0.5) : null;

    /// <summary>Follows a steady tone; gives how long it was when it has just ended, else 0.</summary>
    private int FollowTone(bool loud)
    {
        // Of two frames: tones 40 Hz apart beat each 25 ms.
        var (hertz, level) = (loud ? SteadyTone.Of(_two) : 0, Loudness.MeanSquare(_two));
        var steady = hertz is >= HertzMin and <= HertzMax && _toneMs > 0
            && Math.Abs(hertz - _hertz) <= SameHertz * _hertz && level <= SameLevel * _level && level * SameLevel >= _level;
        var before = _toneMs;
        if (steady)
        {
            (_toneMs, _level) = (_toneMs + FrameMs, level);
            return 0;
        }
        (_toneMs, _hertz, _level) = hertz is >= HertzMin and <= HertzMax ? (FrameMs, hertz, level) : (0, before > 0 ? _hertz : 0, level);
        return before;
    }

    private Answer? Judge(bool loud, int ended)
    {
        if (_toneMs >= FaxMs && IsFax(_hertz))
        {
            return Tell(AnswerKind.Fax, 0.95);
        }
        if (_toneMs >= ToneMs && _speech < SpeechMinMs && !IsFax(_hertz))
        {
            return Tell(AnswerKind.Tone, 0.9);
        }
        if (ended >= BeepMs && _speech >= SpeechMinMs)
        {
            // A greeting that ends in a beep was a machine's, however short.
            _told = AnswerKind.Machine;
            return Tell(AnswerKind.Beep, 0.9);
        }
        Count(loud);
        return JudgeSpeech();
    }

    /// <summary>Sound that may be a tone waits until it is one, and is then no speech.</summary>
    private void Count(bool loud)
    {
        if (_toneMs >= BeepMs)
        {
            (_doubtful, _quiet) = (0, 0);
        }
        else if (loud && _toneMs > 0)
        {
            _doubtful += FrameMs;
        }
        else if (loud || _doubtful > 0)
        {
            _pieces += _quiet > 0 || _speech == 0 ? 1 : 0;
            _speech += _doubtful + (loud ? FrameMs : 0) + (_speech > 0 ? _quiet : 0);
            (_doubtful, _quiet) = (0, loud ? 0 : FrameMs);
        }
        else
        {
            _quiet += FrameMs;
        }
    }

    private Answer? JudgeSpeech()
    {
        if (_speech > GreetingMs)
        {
            return Tell(AnswerKind.Machine, Math.Min(0.95, 0.7 + (0.1 * _pieces)));
        }
        if (_speech >= SpeechMinMs && _quiet >= PauseMs)
        {
            return Tell(AnswerKind.Human, 0.5 + (0.45 * Math.Clamp((GreetingMs - _speech) / (double)(GreetingMs / 2), 0, 1)));
        }
        return _speech < SpeechMinMs && _quiet >= SilenceMs ? Tell(AnswerKind.Silence, 0.9) : null;
    }

    private Answer? AfterMachine(int ended) => ended >= BeepMs ? Tell(AnswerKind.Beep, ended >= 2 * BeepMs ? 0.95 : 0.8) : null;

    private Answer Tell(AnswerKind kind, double confidence)
    {
        _told = kind;
        return new Answer(kind, TimeSpan.FromMilliseconds(_now), Math.Round(confidence, 2), kind is AnswerKind.Beep or AnswerKind.Tone or AnswerKind.Fax ? Math.Round(_hertz) : null);
    }

    // The calling tone (CNG) and the answering tone (CED) of ITU-T T.30.
    private static bool IsFax(double hertz) => hertz is > 1062 and < 1138 or > 2070 and < 2130;
}
