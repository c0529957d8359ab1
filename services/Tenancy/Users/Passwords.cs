using Microsoft.AspNetCore.Identity;

namespace CallCenter.Tenancy.Users;

/// <summary>Too many passwords wait to be checked at once.</summary>
internal sealed class PasswordsBusyException() : Exception("Too many passwords wait to be checked.");

/// <summary>
/// Hashes and checks passwords (PBKDF2 as ASP.NET Core Identity does it). A check costs tens of milliseconds of a core on purpose,
/// so few run at once: calls must not starve because people sign in.
/// </summary>
internal sealed class Passwords : IDisposable
{
    private const int WaitingMax = 64;
    private static readonly object Nobody = new();

    private readonly PasswordHasher<object> _hasher = new();
    private readonly SemaphoreSlim _turn = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly string _hashOfNoUser;
    private int _waiting;

    public Passwords() => _hashOfNoUser = _hasher.HashPassword(Nobody, Guid.NewGuid().ToString());

    public Task<string> Hash(string password, CancellationToken ct) => InTurn(() => _hasher.HashPassword(Nobody, password), ct);

    /// <summary>Whether the password fits the hash. For an unknown user (null) the same work is done, and it never fits.</summary>
    public Task<bool> Fits(string? hash, string password, CancellationToken ct) => InTurn(() =>
        _hasher.VerifyHashedPassword(Nobody, hash ?? _hashOfNoUser, password) != PasswordVerificationResult.Failed && hash is not null, ct);

    public void Dispose() => _turn.Dispose();

    private async Task<T> InTurn<T>(Func<T> work, CancellationToken ct)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > WaitingMax)
            {
                throw new PasswordsBusyException();
            }
            await _turn.WaitAsync(ct);
            try
            {
                return await Task.Run(work, ct);
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
