using System.Net;

namespace CallCenter.Hosting;

/// <summary>
/// The Dapr sidecar refused, failed or did not answer; the message says what was wanted, what it said and what to do. Where it stood
/// between two services it is the <see cref="HttpRequestException"/> that the caller of an unreachable service expects.
/// </summary>
public sealed class SidecarException : HttpRequestException
{
    internal SidecarException(string message, HttpStatusCode? status, string? errorCode, bool isTransient, Exception? inner = null) : base(message, inner, status)
    {
        ErrorCode = errorCode;
        IsTransient = isTransient;
    }

    /// <summary>Dapr's own name of the error (<c>ERR_SECRET_GET</c>); null when it gave none.</summary>
    public string? ErrorCode { get; }

    /// <summary>The same request may succeed later; otherwise only when somebody has changed something.</summary>
    public bool IsTransient { get; }
}
