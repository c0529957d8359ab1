using CallCenter.Sip.Dialogs;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Calls;

/// <summary>The early dialogs of one INVITE, one a fork (RFC 3261 section 12.1.2), with the order of their reliable responses (RFC 3262 section 4).</summary>
internal sealed class EarlyDialogs
{
    /// <summary>Forks that are followed.</summary>
    public const int ForksMax = 16;

    private readonly List<EarlyDialog> all = new(1); // most calls have one

    /// <summary>A new fork; null when there are too many.</summary>
    public EarlyDialog? Add(Dialog dialog)
    {
        if (all.Count == ForksMax)
        {
            return null;
        }

        all.Add(new EarlyDialog(dialog));
        return all[^1];
    }

    /// <summary>The fork of a response with a To tag, or null.</summary>
    public EarlyDialog? Find(SipMessage response)
    {
        foreach (var fork in all)
        {
            if (response.HasToTag(fork.Dialog.RemoteTag))
            {
                return fork;
            }
        }

        return null;
    }

    public void Clear() => all.Clear();

    /// <summary>True for a provisional response that asks for a PRACK; its RSeq.</summary>
    public static bool IsReliable(SipMessage response, out uint rseq)
    {
        rseq = 0;
        return SipOptionTags.Lists(response, HeaderId.Require, SipOptionTags.Reliable) && SipSyntax.TryNumber(response.Header(HeaderId.RSeq), uint.MaxValue, out rseq) && rseq > 0;
    }
}

/// <summary>One early dialog.</summary>
internal sealed class EarlyDialog(Dialog dialog)
{
    private uint last;

    public Dialog Dialog { get; } = dialog;

    /// <summary>The answer that a reliable response of this fork brought.</summary>
    public string? Answer { get; set; }

    /// <summary>False for a repetition, and for one whose forerunner has not come: it comes again.</summary>
    public bool TakeRSeq(uint rseq)
    {
        if (last != 0 && rseq != last + 1)
        {
            return false;
        }

        last = rseq;
        return true;
    }
}
