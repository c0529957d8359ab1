using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Tests;

/// <summary>Two agents on a wire, and requests as text.</summary>
public abstract class TwoStations
{
    private protected TwoStations()
    {
        Wire = new Wire();
        A = Wire.Add("198.51.100.1:5060");
        B = Wire.Add("198.51.100.2:5060");
    }

    private protected Wire Wire { get; }

    private protected Station A { get; }

    private protected Station B { get; }

    private protected UacCall Ring()
    {
        B.OnCall = call => call.Ringing();
        var call = A.Invite(new UacInvite { Target = "sip:1@198.51.100.2" });
        Wire.Settle();
        return call;
    }

    private protected UacCall Talk()
    {
        B.OnCall = call => call.Answer(Phone.Sdp);
        var call = A.Invite(new UacInvite { Target = "sip:1@198.51.100.2" });
        Wire.Settle();
        return call;
    }

    // Nothing may be left once the last tombstone has run out.
    private protected void Quiet()
    {
        Wire.Pass(80);
        foreach (var station in new[] { A, B })
        {
            station.Agent.Transactions.Count.ShouldBe(0);
            station.Agent.CallCount.ShouldBe(0);
            station.Errors.ShouldBeEmpty();
        }
    }

    internal static string Request(string method, string? toTag = null, string? contact = null, string extra = "", string branch = "z9hG4bK77", string body = "", string? contentType = null)
    {
        var length = System.Text.Encoding.UTF8.GetByteCount(body.ReplaceLineEndings("\r\n"));
        return $"{method} sip:1@198.51.100.2 SIP/2.0\n"
            + $"Via: SIP/2.0/UDP 192.0.2.99:5060;branch={branch}{(method == "ACK" ? "ack" : "")};rport\n"
            + "Max-Forwards: 70\nFrom: <sip:x@example.org>;tag=ft\n"
            + $"To: <sip:1@198.51.100.2>{(toTag is null ? "" : ";tag=" + toTag)}\n"
            + $"Call-ID: c1\nCSeq: 1 {method}\n{extra}"
            + (contact is null ? "" : $"Contact: {contact}\n")
            + (contentType is null ? "" : $"Content-Type: {contentType}\n")
            + $"Content-Length: {length}\n\n{body}";
    }

    private protected static string InDialog(string method, int cseq, SipMessage invite, string? tag, string sdp) =>
        $"{method} sip:1@198.51.100.2:5060 SIP/2.0\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK{method}{cseq};rport\nMax-Forwards: 70\n"
        + $"From: {invite.Get(HeaderId.From)}\nTo: {invite.Get(HeaderId.To)};tag={tag}\nCall-ID: {invite.CallId}\nCSeq: {cseq} {method}\n"
        + (sdp.Length > 0 ? "Content-Type: application/sdp\n" : "") + $"Content-Length: {sdp.Length}\n\n{sdp}";
}
