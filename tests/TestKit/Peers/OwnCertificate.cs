using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CallCenter.TestKit.Peers;

/// <summary>A certificate for 127.0.0.1 that nobody vouches for.</summary>
public static class OwnCertificate
{
    /// <summary>Writes it and its key as PEM into the folder; the paths.</summary>
    public static async Task<(string Certificate, string Key)> Write(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UnixEpoch.AddDays((TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Days);
        using var certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        var (path, keyPath) = (Path.Combine(folder, "certificate.pem"), Path.Combine(folder, "key.pem"));
        await File.WriteAllTextAsync(path, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyPath, key.ExportPkcs8PrivateKeyPem());
        return (path, keyPath);
    }
}
