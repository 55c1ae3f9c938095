// SPDX-License-Identifier: Apache-2.0
// Calls of S3, and of servers that speak like it. What is held in memory is bounded by the caller:
// large objects are read by ranges and written by parts.
#pragma once

#include "net/aws_call.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::net {

inline constexpr std::uint64_t k_s3_piece_limit_bytes = std::uint64_t{64} << 20; ///< of one call
inline constexpr std::uint64_t k_s3_copy_limit_bytes = std::uint64_t{5} << 30;   ///< of S3 itself
inline constexpr std::uint64_t k_s3_least_part_bytes = std::uint64_t{5} << 20;   ///< but the last's
inline constexpr int k_s3_most_parts = 10'000;

struct S3Name {
  std::string bucket;
  std::string key; ///< empty: the bucket itself
};
/// "s3://bucket/a/b.jpg". \throws Error(usage) for what cannot be a bucket or a key.
S3Name parse_s3_url(const std::string& url);
std::string to_url(const S3Name& name);

struct S3Object {
  std::string key;
  std::uint64_t size_bytes = 0;
  std::int64_t modified_s = 0; ///< seconds since 1970
  std::string etag;            ///< without quotes; MD5 of the bytes unless it has a '-'
};

/// A piece of an object.
struct S3Piece {
  std::string bytes;
  std::uint64_t total_bytes = 0; ///< of the whole object
  std::string etag;
  std::string sha256_base64; ///< of the whole object, where it was stored with one
};

struct S3Page {
  std::vector<S3Object> objects;
  std::vector<std::string> prefixes; ///< what stands before a delimiter, which is their end
  std::string next;                  ///< where the next page starts; empty: this was the last
};

struct S3Part {
  int number = 0; ///< from 1
  std::uint64_t size_bytes = 0;
  std::string etag;
};

enum class S3Existing { refuse, replace };

/// Any thread.
class S3Client {
public:
  S3Client(Endpoint endpoint, const Profile& profile, CredentialChain credentials,
           AwsCaller::MakeClient make_client, Backoff backoff = Backoff());

  std::optional<S3Object> head(const S3Name& name);
  /// \param length at most k_s3_piece_limit_bytes; less comes back where the object ends.
  /// \param etag if not empty: the object must still be this one.
  /// \throws Error(input) if it is not there, or another now.
  S3Piece get(const S3Name& name, std::uint64_t offset, std::uint64_t length,
              const std::string& etag = {});
  /// \return the ETag. \throws Error(usage) if it is there and \p existing is refuse.
  std::string put(const S3Name& name, std::string bytes, S3Existing existing);
  /// In place of the object of this ETag. \return the new one; nothing if another is there by now,
  /// or none.
  std::optional<std::string> replace(const S3Name& name, const std::string& bytes,
                                     const std::string& etag);
  /// Also what is not there. Any number, 1,000 at a time.
  void remove(const std::string& bucket, const std::vector<std::string>& keys);
  /// Over there; up to k_s3_copy_limit_bytes.
  void copy(const S3Name& from, const S3Name& to);

  /// \param delimiter "/" or empty. \param start \c next of the page before, or empty.
  S3Page list(const S3Name& prefix, const std::string& delimiter, const std::string& start);
  std::vector<std::string> list_buckets();

  std::string create_upload(const S3Name& name); ///< \return its id
  S3Part put_part(const S3Name& name, const std::string& upload, int number,
                  const std::string& bytes);
  /// \param parts by number.
  void complete_upload(const S3Name& name, const std::string& upload,
                       const std::vector<S3Part>& parts, S3Existing existing);
  void abort_upload(const S3Name& name, const std::string& upload);
  std::vector<S3Part> list_parts(const S3Name& name, const std::string& upload);
  /// The newest upload of this very key that was not completed; empty: none.
  std::string find_upload(const S3Name& name);

  const std::string& place() const { return endpoint_.url; } ///< for messages

private:
  struct Call;
  /// \param made the request as it was sent in the end; null: nobody asks.
  HttpReply call(Call call, AwsRequest* made = nullptr);
  void prepare(AwsRequest& request, Call& call) const;
  void address(AwsRequest& request, const S3Name& name) const;
  bool follow_region(AwsRequest& request, const S3Name& name, const HttpReply& reply,
                     const AwsFailure& failure);
  std::string region_of(const std::string& bucket) const;
  void remove_batch(const std::string& bucket, const std::vector<std::string>& keys);

  Endpoint endpoint_;
  bool is_virtual_host_ = false; ///< where the bucket's name allows it
  AwsCaller caller_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> regions_; ///< by bucket, where the server named another
};

/// \throws Error(usage) "... already exists".
[[noreturn]] void refuse_existing(const S3Name& name);
/// The ETag of an object that was written in parts. Empty where there is no MD5.
std::string etag_of_parts(const std::vector<S3Part>& parts);
/// "image/jpeg" for "a.jpg".
std::string content_type_of(const std::string& key);

std::shared_ptr<S3Client> create_s3_client(const RemoteOptions& options);

} // namespace mlopsctl::net
